"""Orders of locks, learned and broken."""

import pathlib
import sys

from scenes import (SCENES, expect_equal, expect_in, expect_not_in, expect_one_line, main, record,
                    report, unknot)


def _learn(*runs):
    record("learned", *runs)
    done = unknot("order", "learn", "--output=locks.order", "learned")
    expect_equal((done.status, done.err), (0, ""), "learning")
    return pathlib.Path("locks.order").read_text()


def _lines(text):
    return [line for line in text.splitlines() if not line.startswith("#")]


def learned_order_has_a_line_for_each_two_locks():
    text = _learn("one ab", "two bc")
    expect_equal(_lines(text), ["lock_a @scene.c before lock_b @scene.c",
                                "lock_b @scene.c before lock_c @scene.c"])
    expect_in("# Lock orders of 2 recordings", text)


def locks_taken_in_a_circle_get_no_order():
    text = _learn("one ab ba", "two bc")
    expect_equal(_lines(text), ["lock_b @scene.c before lock_c @scene.c"])
    expect_in("# taken in a circle, so without an order: lock_a @scene.c, lock_b @scene.c\n", text)


def requests_that_only_try_give_no_order():
    expect_equal(_lines(_learn("one try")), [])


def run_reports_a_broken_order_without_a_second_thread():
    _learn("one ab")
    done = unknot("run", "--ci", "--order=locks.order", "--", SCENES / "suite_two", "ba")
    expect_equal(done.status, 66, "status")
    expect_in("1. order-violation (happened): lock_a is taken while lock_b is held, against the order "
              "of locks.order", done.err)
    expect_in("The order is: lock_a @scene.c before lock_b @scene.c", done.err)
    expect_in("holds lock_b, taken at", done.err)
    expect_in("to see this again: unknot report --order=locks.order unknot.data", done.err)


def run_in_order_reports_nothing():
    _learn("one ab")
    done = unknot("run", "--ci", "--order=locks.order", "--", SCENES / "suite_two", "ab")
    expect_equal(done.status, 0, done.err)


def orders_are_chained():
    _learn("one ab", "one bc")
    record("data", "two ca")
    finding, = report("--order=locks.order", "data")["findings"]
    expect_equal((finding["kind"], finding["rule"], finding["confidence"]),
                 ("order-violation", "order-violation", "happened"))
    expect_equal(finding["order"], {"before": "lock_a @scene.c", "after": "lock_c @scene.c",
                                    "file": "locks.order"})
    expect_equal(len(finding["steps"]), 1, "steps")


def equal_places_are_told_once():
    _learn("one ab")
    record("data", "two ba ba &ba &ba")
    found = report("--order=locks.order", "data")["findings"]
    expect_equal([one["instances"] for one in found], [1, 2], "findings")


def trying_against_the_order_is_no_violation():
    _learn("one ab")
    record("data", "two try")
    expect_equal(report("--order=locks.order", "data")["findings"], [])


def merged_recordings_are_checked_too():
    _learn("one ab")
    record("data", "two ba")
    unknot("merge", "--output=all.merged", "data")
    finding, = report("--order=locks.order", "all.merged")["findings"]
    expect_equal(finding["rule"], "order-violation")


def fingerprint_of_a_broken_order_is_its_own():
    _learn("one ab")
    record("data", "two pair")
    found = report("--order=locks.order", "data")["findings"]
    expect_equal(sorted(one["kind"] for one in found), ["lock-order-cycle", "order-violation"])
    assert found[0]["fingerprint"] != found[1]["fingerprint"]


def explain_tells_a_broken_order():
    _learn("one ab")
    record("data", "two ba")
    done = unknot("explain", "--order=locks.order", "data", 1)
    expect_in("unknot 1 order-violation", done.out)


def wrong_order_file_is_one_line_and_nothing_runs():
    for text, wanted in (("a before b\nb before c\nc before a\n", "go round in a circle"),
                         ("a before b\nc after d\n", "bad.order:2: expected LOCK before LOCK"),
                         (" before b\n", "bad.order:1: expected LOCK before LOCK")):
        pathlib.Path("bad.order").write_text(text)
        done = unknot("run", "--order=bad.order", "--", "touch", "ran")
        expect_equal(done.status, 125, "status")
        expect_one_line(done.err, wanted)
        expect_not_in("ran", " ".join(path.name for path in pathlib.Path(".").iterdir()))
    done = unknot("report", "--order=missing.order", "x.rec")
    expect_equal(done.status, 2, "status")
    expect_one_line(done.err, "missing.order: cannot be opened")


def wrong_use_of_order_is_one_line():
    for arguments in ((), ("learn",), ("forget", "x")):
        done = unknot("order", *arguments)
        expect_equal(done.status, 2, f"status of {arguments}")
        expect_one_line(done.err, "unknot order learn")


if __name__ == "__main__":
    main(sys.modules[__name__])
