"""The statements of docs/export.md, run on SQLite and on a PostgreSQL of its own."""

import atexit
import csv
import os
import pathlib
import pwd
import re
import shutil
import sqlite3
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ("recordings", "locks", "dependencies", "findings")
POSTGRES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)


def blocks():
    """The tables, the indexes, the pairs, the circles."""
    text = (ROOT / "docs/export.md").read_text(encoding="utf-8")
    return re.findall(r"^```sql\n(.*?)^```", text, re.M | re.S)


def sqlite_query(folder, query):
    database = sqlite3.connect(":memory:")
    tables, indexes = blocks()[:2]
    database.executescript(tables)
    for name in TABLES:
        with open(f"{folder}/{name}.csv", newline="", encoding="utf-8") as file:
            rows = csv.reader(file, strict=True)
            places = ",".join("?" for _ in next(rows))
            database.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
    database.executescript(indexes)
    return database.execute(query).fetchall()


class Cluster:
    """A server that only its own folder knows; not as root, which it refuses."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="unknot-postgres-")
        self.environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        self.user = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
        self.tool("initdb", "-D", "data", "-U", "unknot", "-A", "trust", "-N", "-E", "UTF8")
        self.tool("pg_ctl", "-D", "data", "-w", "-l", "log", "-o",
                  f"-c listen_addresses= -c fsync=off -k {self.folder}", "start")
        atexit.register(self.stop)

    def tool(self, name, *arguments):
        subprocess.run([POSTGRES.parent / name, *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60,
                       env=self.environment, **self.user)

    def stop(self):
        self.tool("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def run(self, script):
        done = subprocess.run(["/usr/bin/psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v",
                               "ON_ERROR_STOP=1", "-h", self.folder, "-U", "unknot", "postgres"],
                              input=script, stdout=subprocess.PIPE, text=True, check=True,
                              timeout=300)
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def postgres_query(folder, query):
    cluster = Cluster()
    folder = pathlib.Path(folder).resolve()
    tables, indexes = blocks()[:2]
    copies = "".join(f"\\copy {name} FROM '{folder}/{name}.csv' CSV HEADER\n" for name in TABLES)
    return cluster.run(tables + copies + indexes + "ANALYZE;\n" + query)
