"""Tables for a database, and the queries of docs/export.md."""

import csv
import pathlib
import sys

from databases import POSTGRES, blocks, postgres_query, sqlite_query
from scenes import (expect_equal, expect_one_line, main, record, report, skip, split,
                    unknot)

RUNS = ("one ab", "two ba", "one ca", "two gate bc ungate", "one gate", "static_one at", "two try",
        "static_two make ma more", "one ab")


def _export(*runs):
    record("data", *runs)
    done = unknot("export", "--format=csv", "--output=tables", "data")
    expect_equal((done.status, done.out, done.err), (0, "", ""), "export")


def _rows(name):
    with open(f"tables/{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def tables_hold_what_was_recorded():
    _export("one ab", "two ba")
    recordings, locks = _rows("recordings"), _rows("locks")
    expect_equal([row["program"].split("/")[-1] for row in recordings], ["suite_one", "suite_two"])
    expect_equal([(row["label"], row["single"], row["ordered"]) for row in locks],
                 [("lock_a @scene.c", "1", "1"), ("lock_b @scene.c", "1", "1")])
    by_key = {row["lock"]: row["name"] for row in locks}
    expect_equal(sorted((by_key[row["held"]], by_key[row["requested"]], row["blocking"])
                        for row in _rows("dependencies")),
                 [("lock_a", "lock_b", "1"), ("lock_b", "lock_a", "1")])
    finding, = split(report("data"))
    expect_equal({(row["fingerprint"], row["split"]) for row in _rows("findings")},
                 {(finding["fingerprint"], "1")})
    expect_equal({row["recording"] for row in _rows("findings")},
                 {row["recording"] for row in recordings})


def fields_with_commas_quotes_and_lines_are_quoted():
    _export("one ab")
    data = pathlib.Path("data")
    unknot("merge", "--output=all.merged", data)
    text = pathlib.Path("all.merged").read_text()
    command = next(line for line in text.splitlines() if line.startswith("suite_one.")).split("\t")[2]
    text = text.replace(command, 'a "b", c\\x0d\\x0ad\\x0a')
    pathlib.Path("odd.merged").write_text(text)
    expect_equal(unknot("export", "--output=tables", "odd.merged").status, 0)
    expect_equal(_rows("recordings")[0]["command"], 'a "b", c\r\nd\n')
    raw = pathlib.Path("tables/recordings.csv").read_bytes()
    assert b'"a ""b"", c\r\nd\n"' in raw, raw
    assert raw.endswith(b"\r\n")


def keys_are_the_same_in_another_export():
    _export(*RUNS)
    whole = {name: {tuple(row.values()) for row in _rows(name)} for name in ("recordings", "locks",
                                                                             "dependencies")}
    parts = {name: set() for name in whole}
    for path in pathlib.Path("data").iterdir():
        unknot("export", "--output=tables", path)
        for name in parts:
            parts[name] |= {tuple(row.values()) for row in _rows(name)}
    for name in ("recordings", "dependencies"):
        expect_equal(parts[name], whole[name], name)


def wrong_use_of_export_is_one_line():
    for arguments in ((), ("data",), ("--output=x",), ("--format=xls", "--output=x", "data")):
        done = unknot("export", *arguments)
        expect_equal(done.status, 2, f"status of {arguments}")
        expect_one_line(done.err)


def _expect_cycles(query):
    _export(*RUNS)
    pairs, circles = blocks()[-2:]
    found = query("tables", pairs)
    expect_equal([set(row[:2]) for row in found], [{"lock_a @scene.c", "lock_b @scene.c"}], "pairs")
    files = {row["recording"]: row["file"].split(".")[0] for row in _rows("recordings")}
    expect_equal({files[key] for key in found[0][2:]}, {"suite_one", "suite_two"}, "recordings")
    names = {row["lock"]: row["name"] for row in _rows("locks")}
    ways = {frozenset(names[key] for key in path.split()) for _, path in query("tables", circles)}
    expect_equal(ways, {frozenset({"lock_a", "lock_b"}), frozenset({"lock_a", "lock_b", "lock_c"})},
                 "circles")


def sqlite_finds_the_cycles_of_the_documented_queries():
    _expect_cycles(sqlite_query)


def postgresql_finds_the_cycles_of_the_documented_queries():
    if POSTGRES is None:
        skip("PostgreSQL is not installed")
    _expect_cycles(postgres_query)


if __name__ == "__main__":
    main(sys.modules[__name__])
