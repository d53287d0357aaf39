#!/usr/bin/python3
"""mariadbd: a new database, sysbench oltp_read_write with 8 threads, a clean shutdown."""

import re

import harness

TABLES, ROWS, SECONDS = 4, 2000, 8
SYSBENCH = ["sysbench", "oltp_read_write", "--db-driver=mysql", "--mysql-user=root",
            "--mysql-db=bench", f"--tables={TABLES}", f"--table-size={ROWS}", "--rand-seed=7"]


def number(pattern, text):
    found = re.search(pattern, text)
    if not found:
        raise harness.Failure(f"sysbench says nothing like '{pattern}':\n{text}")
    return int(found.group(1))


def check_sysbench(text):
    """Every transaction must have run its 14 reads, 4 writes and 2 others."""
    transactions = number(r"transactions: +(\d+)", text)
    ignored = number(r"ignored errors: +(\d+)", text)
    reads = number(r"read: +(\d+)", text)
    print(f"  {transactions} transactions, {reads} reads, {ignored} restarted")
    if transactions < 10 * SECONDS or reads < 14 * transactions:
        raise harness.Failure(f"sysbench counts make no sense:\n{text}")


def play(scene):
    data, socket = scene.folder / "data", scene.socket
    client = ["mariadb", "--no-defaults", f"--socket={socket}", "--user=root", "--batch",
              "--skip-column-names"]

    def sql(statement):
        return scene.tool([*client, "-e", statement]).decode()

    def answers():
        try:
            return sql("select 1").strip() == "1"
        except harness.Failure:
            return False

    scene.run(["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}",
               "--auth-root-authentication-method=normal", "--skip-test-db"])
    server = scene.serve(
        ["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--socket={socket}",
         f"--pid-file={scene.folder}/pid", f"--log-error={scene.folder}/error.log",
         "--skip-networking", "--innodb-buffer-pool-size=64M"], answers)
    sql("create database bench")
    sysbench = [*SYSBENCH, f"--mysql-socket={socket}"]
    scene.tool([*sysbench, "prepare"])
    tables = ", ".join(f"bench.sbtest{number + 1}" for number in range(TABLES))
    check_sysbench(scene.tool(
        [*sysbench, "--threads=8", f"--time={SECONDS}", "run"]).decode())
    facts = {
        "computed": sql("use bench; create table computed (id int primary key, text char(32)) "
                        "select seq as id, md5(seq) as text from seq_1_to_20000; "
                        "checksum table computed"),
        "tables": sql(f"check table {tables}"),
        "rows": [sql(f"select count(*) from bench.sbtest{number + 1}") for number in range(TABLES)],
    }
    scene.tool(["mariadb-admin", "--no-defaults", f"--socket={socket}", "--user=root", "shutdown"])
    facts["status"] = scene.end(server)
    log = (scene.folder / "error.log").read_text(errors="replace")
    facts["errors"] = [line.split("[ERROR]")[1] for line in log.splitlines() if "[ERROR]" in line]
    facts["shutdown"] = "Shutdown complete" in log
    return facts


if __name__ == "__main__":
    harness.main(play, "mariadbd")
