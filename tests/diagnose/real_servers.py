"""Debian's redis-server, hung by a module."""

import pathlib
import shutil
import sys

from diagnosed import PROGRAMS, Diagnosis, Hung, diagnose_json, expect_equal, main, skip


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


if __name__ == "__main__":
    main(sys.modules[__name__])
