#!/usr/bin/python3
"""CPU time of mariadbd for each query, with and without the library.

    bench/mariadb.py                       build/release
    bench/mariadb.py --rounds 9 --events 2000

Two servers, one of them watched, run side by side; sysbench oltp_read_write asks one, then the
other, and so on. What counts is the user and system time of the server in /proc; the ratio is the
median of those of neighbouring rounds. Limit 1.03. Needs mariadb-server and sysbench.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 1.03
ROOT = Path(__file__).resolve().parent.parent
QUERIES_IN_EVENT = 20
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def connection(folder):
    return [f"--socket={folder}/socket", "--user=root"]


def sysbench(folder, *arguments):
    command = ["sysbench", "oltp_read_write", "--db-driver=mysql", "--mysql-user=root",
               "--mysql-db=bench", f"--mysql-socket={folder}/socket", "--tables=4",
               "--table-size=2000", "--rand-seed=7", *arguments]
    subprocess.run(command, check=True, **QUIET)


def wait_for(server, folder):
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"mariadb.py: mariadbd ended with status {server.returncode}")
        ping = ["mariadb-admin", "--no-defaults", *connection(folder), "ping"]
        if subprocess.run(ping, **QUIET).returncode == 0:
            return
        time.sleep(0.1)
    sys.exit("mariadb.py: mariadbd does not answer")


@contextlib.contextmanager
def running_server(folder, library=None):
    folder.mkdir()
    environment = dict(os.environ, LD_PRELOAD=str(library)) if library else dict(os.environ)
    subprocess.run(["mariadb-install-db", "--no-defaults", "--user=root",
                    f"--datadir={folder}/data", "--auth-root-authentication-method=normal",
                    "--skip-test-db"], check=True, **QUIET)
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", "--user=root", f"--datadir={folder}/data",
         f"--socket={folder}/socket", f"--pid-file={folder}/pid", "--skip-networking",
         "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0"],
        cwd=folder, env=environment, **QUIET)
    try:
        wait_for(server, folder)
        subprocess.run(["mariadb", "--no-defaults", *connection(folder), "-e",
                        "create database bench"], check=True)
        sysbench(folder, "prepare")
        yield server
    finally:
        server.terminate()
        server.wait()


def cpu_seconds(server):
    fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def microseconds_per_query(server, folder, events):
    before = cpu_seconds(server)
    sysbench(folder, "--threads=8", "--time=0", f"--events={events}", "run")
    return (cpu_seconds(server) - before) * 1e6 / (events * QUERIES_IN_EVENT)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path,
                        default=ROOT / "build" / "release" / "lib" / "libunknot.so")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--events", type=int, default=1500, help="transactions in a round")
    arguments = parser.parse_args()
    library = arguments.library.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="unknot-bench-") as name, \
            running_server(Path(name) / "bare") as bare, \
            running_server(Path(name) / "watched", library) as watched:
        samples = []
        for number in range(arguments.rounds + 1):
            pair = [microseconds_per_query(server, Path(name) / kind, arguments.events)
                    for server, kind in ((bare, "bare"), (watched, "watched"))]
            if number > 0:  # the first fills the caches
                samples.append(pair)
    ratios = [watched / bare for bare, watched in samples] * 2  # quantiles want two at least
    low, ratio, high = statistics.quantiles(ratios, n=4)
    print(f"mariadbd, CPU us per query: bare {statistics.median(b for b, _ in samples):.1f}, "
          f"unknot {statistics.median(w for _, w in samples):.1f}, ratio {ratio:.3f} "
          f"({low:.2f}-{high:.2f}), limit {LIMIT}")


if __name__ == "__main__":
    main()
