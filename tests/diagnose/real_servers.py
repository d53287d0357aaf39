"""Debian's redis-server and mariadbd, hung by what is loaded into them."""

import contextlib
import getpass
import os
import pathlib
import shutil
import subprocess
import sys
import time

from diagnosed import (PATIENCE_S, PROGRAMS, Diagnosis, Hung, diagnose_json, expect, expect_equal,
                       main, skip)


def redis_hung_by_a_module():
    server = shutil.which("redis-server")
    if server is None:
        skip("redis-server is not installed")
    socket = pathlib.Path("redis.sock").resolve()
    command = [server, "--port", "0", "--unixsocket", socket, "--save", "", "--loglevel",
               "warning", "--loadmodule", PROGRAMS / "hanging_module.so"]
    with Hung(command, 3) as hung:
        for target in (hung.pid, hung.core()):
            status, report = diagnose_json(target)
            expect_equal(status, 1, "exit status", report)
            finding, = report["findings"]
            expect_equal((finding["kind"], finding["confidence"]), ("deadlock", "happened"),
                         "verdict", report)
            expect_equal({(tuple(step["holds"]), step["requests"]) for step in finding["steps"]},
                         {(("cache",), "journal"), (("journal",), "cache")}, "circle", finding)
            Diagnosis(target).expect_text("in fill_cache", "in write_journal",
                                          "main thread waits for thread ",
                                          "in RedisModule_OnLoad")


def _run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE_S)
    expect_equal(done.returncode, 0, command[0], done.stdout)


def _until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        expect(time.monotonic() < deadline, what)
        time.sleep(0.1)


class _MariaDB:
    """A server with a new database in the current directory, and clients that wait for it."""

    def __enter__(self):
        here = pathlib.Path.cwd()
        user, data = getpass.getuser(), here / "data"
        self.client = ["mariadb", "--no-defaults", f"--socket={here}/socket", "--user=root"]
        self.waiting = contextlib.ExitStack()
        _run(["mariadb-install-db", "--no-defaults", f"--user={user}", f"--datadir={data}",
              "--auth-root-authentication-method=normal", "--skip-test-db"])
        self.hung = self.waiting.enter_context(Hung(
            ["mariadbd", "--no-defaults", f"--user={user}", f"--datadir={data}",
             f"--socket={here}/socket", f"--pid-file={here}/pid", f"--log-error={here}/log",
             "--skip-networking", "--innodb-buffer-pool-size=8M",
             # else it reserves terabytes of addresses, and gcore reads them all
             "--loose-innodb-buffer-pool-size-max=8M", f"--plugin-dir={PROGRAMS}"]))
        _until(lambda: subprocess.run([*self.client, "-e", "select 1"], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL).returncode == 0,
               "mariadbd never answered")
        return self

    def run(self, statement):
        _run([*self.client, "-e", statement])

    def start(self, statement):
        client = subprocess.Popen([*self.client, "-e", statement], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.waiting.callback(client.wait)
        self.waiting.callback(client.kill)

    def __exit__(self, *_):
        self.waiting.close()


def mariadb_hung_by_two_sessions():
    """A third one is stuck behind them; the server's other threads wait as they always do."""
    os.environ["PATH"] += ":/usr/sbin"
    if shutil.which("mariadbd") is None:
        skip("mariadbd is not installed")
    crypt, sleep = "LOCK_crypt", "LOCK_item_func_sleep"
    with _MariaDB() as server:
        for name in ("crypt_then_sleep", "sleep_then_crypt"):
            server.run(f"create function {name} returns integer soname 'hanging_function.so'")
            server.start(f"select {name}()")
        hung = server.hung
        _until(lambda: diagnose_json(hung.pid)[0] == 1, "the sessions never hung")
        server.start("select sleep(1)")
        _until(lambda: diagnose_json(hung.pid)[1]["findings"][0]["stuck_behind"],
               "the third session was never stuck")
        for target in (hung.pid, hung.core()):
            status, report = diagnose_json(target)
            expect_equal(status, 1, "exit status", report)
            finding, = report["findings"]
            expect_equal((finding["kind"], finding["confidence"]), ("deadlock", "happened"),
                         "verdict", report)
            expect_equal({(tuple(step["holds"]), step["requests"]) for step in finding["steps"]},
                         {((crypt,), sleep), ((sleep,), crypt)}, "circle", finding)
            behind, = finding["stuck_behind"]
            expect_equal(behind["requests"], sleep, "third session", finding)
            # Either may come first: the story begins with the lower thread, whichever session it serves.
            first, second = (lock["name"] for lock in finding["locks"])
            Diagnosis(target).expect_text(f"{first} and {second}: 2 threads wait for each other",
                                          "in crypt_then_sleep", "in sleep_then_crypt")


if __name__ == "__main__":
    main(sys.modules[__name__])
