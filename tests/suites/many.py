"""Thousands of recordings: what it costs to merge them, and what databases say of them.

    many.py merge COUNT     merges them with one process and with two, compares the bytes
    many.py export COUNT    exports them and asks SQLite and PostgreSQL for cycles

A few programs are run; the other recordings are theirs with another start and name."""

import os
import pathlib
import resource
import struct
import sys
import tempfile
import time

from databases import POSTGRES, blocks, postgres_query, sqlite_query
from scenes import UNKNOT, expect_equal, record

RUNS = ("one ab", "two ba", "one bc &bc", "two ca", "static_one gate ab ungate", "static_two at",
        "one pair", "two make ma more", "two try", "static_one ta", "one ab bc", "two wild ba unwild",
        *("one gate",) * 8)
START_OFFSET = 40  # of trace_header.start_realtime_ns


def _make(count):
    record("models", *RUNS)
    models = [path.read_bytes() for path in sorted(pathlib.Path("models").iterdir())]
    os.mkdir("data")
    for number in range(count):
        data = bytearray(models[number % len(models)])
        struct.pack_into("<Q", data, START_OFFSET, 1_700_000_000_000_000_000 + number)
        pathlib.Path(f"data/test.{number}.0.rec").write_bytes(data)


def _timed(*arguments):
    """Seconds, and the most memory in MiB of the process that needed most."""
    started = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, UNKNOT, ["unknot", *arguments])
    _, status, usage = os.wait4(child, 0)
    expect_equal(os.waitstatus_to_exitcode(status), 0, f"status of {arguments[0]}")
    return time.monotonic() - started, max(
        usage.ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def merge(count):
    _make(count)
    seconds, mib = _timed("merge", "--output=one.merged", "data")
    size = os.path.getsize("one.merged")
    print(f"{count} recordings merged in {seconds:.1f} s, {mib:.0f} MiB, to {size} bytes")
    seconds, _ = _timed("merge", "--jobs=2", "--output=two.merged", "data")
    print(f"by two processes in {seconds:.1f} s")
    expect_equal(pathlib.Path("one.merged").read_bytes(), pathlib.Path("two.merged").read_bytes())
    os.spawnv(os.P_WAIT, UNKNOT, ["unknot", "report", "--output=report.txt", "one.merged"])
    print(pathlib.Path("report.txt").read_text().splitlines()[-1])


def export(count):
    _make(count)
    seconds, mib = _timed("export", "--output=tables", "data")
    print(f"{count} recordings exported in {seconds:.1f} s, {mib:.0f} MiB")
    for name, query in (("SQLite", sqlite_query), ("PostgreSQL", postgres_query)):
        if name == "PostgreSQL" and POSTGRES is None:
            print("PostgreSQL is not installed: skipped")
            continue
        started = time.monotonic()
        pairs, circles = (query("tables", block) for block in blocks()[-2:])
        print(f"{name}: {len(pairs)} pairs, {len(circles)} circles, loaded twice and asked in "
              f"{time.monotonic() - started:.1f} s")
        assert pairs and circles


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        {"merge": merge, "export": export}[sys.argv[1]](int(sys.argv[2]))
        os.chdir("/")
