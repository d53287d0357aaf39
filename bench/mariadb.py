#!/usr/bin/python3
"""CPU time of mariadbd for each query, with and without the library.

    bench/mariadb.py                       build/release
    bench/mariadb.py --control             two bare servers: how much of a ratio is chance
    bench/mariadb.py --starts 16 --rounds 6 --events 2000
    bench/mariadb.py --options events=1    UNKNOT_OPTIONS of the watched server

Two servers, one of them watched, run side by side; sysbench oltp_read_write asks one, then the
other, then the other, the one, and so on. What counts is the user and system time of the server in
/proc. Where a server's memory happens to lie makes it faster or slower for as long as it runs, and
so does being started or asked first: pairs of servers are started anew, in turns of who is first;
the ratio is the geometric mean, over these, of the median of neighbouring rounds. Limit 1.03.
Needs mariadb-server and sysbench.
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
def running_server(folder, library=None, options=""):
    folder.mkdir()
    environment = dict(os.environ)
    if library:
        environment.update(LD_PRELOAD=str(library), UNKNOT_OPTIONS=options)
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


def samples_of_pair(folder, library, arguments, watched_first):
    """CPU times of a bare and a watched server that run side by side, round by round."""
    libraries = [("bare", None), ("watched", library)]
    with contextlib.ExitStack() as running:
        servers = [(kind, running.enter_context(running_server(folder / kind, its, arguments.options)))
                   for kind, its in (reversed(libraries) if watched_first else libraries)]
        rounds = []
        for _ in range(arguments.rounds + 1):
            rounds.append({kind: microseconds_per_query(server, folder / kind, arguments.events)
                           for kind, server in servers})
            servers.reverse()
    return [(times["bare"], times["watched"]) for times in rounds[1:]]  # the first fills the caches


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path,
                        default=ROOT / "build" / "release" / "lib" / "libunknot.so")
    parser.add_argument("--starts", type=int, default=8, help="pairs of servers, best an even number")
    parser.add_argument("--rounds", type=int, default=6, help="for each pair")
    parser.add_argument("--events", type=int, default=800, help="transactions in a round")
    parser.add_argument("--options", default="", help="UNKNOT_OPTIONS of the watched servers")
    parser.add_argument("--control", action="store_true", help="watch neither of the two")
    arguments = parser.parse_args()
    library = None if arguments.control else arguments.library.resolve(strict=True)
    ratios, times = [], []
    for start in range(arguments.starts):
        with tempfile.TemporaryDirectory(prefix="unknot-bench-") as name:
            pairs = samples_of_pair(Path(name), library, arguments, start % 2 == 1)
        times += pairs
        ratios.append(statistics.median(watched / bare for bare, watched in pairs))
    bare, watched = (statistics.median(pair[i] for pair in times) for i in (0, 1))
    print(f"mariadbd, CPU us per query: bare {bare:.1f}, "
          f"{'bare again' if arguments.control else 'unknot'} {watched:.1f}, "
          f"ratio {statistics.geometric_mean(ratios):.3f}, limit {LIMIT}; "
          f"of each start {' '.join(f'{ratio:.3f}' for ratio in sorted(ratios))}")


if __name__ == "__main__":
    main()
