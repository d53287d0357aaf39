"""Python programs that hang: locks by name, lines of Python, as a process and as a core. Run with
Debian's Python, and with every other CPython that UNKNOT_PYTHONS lists (paths between colons)."""

import os
import pathlib
import sys

from diagnosed import Diagnosis, Hung, diagnose_json, expect, expect_equal, line_of, main, skip

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "hang_python.py"


def _each_python():
    found = [path for path in ["/usr/bin/python3", *os.environ.get("UNKNOT_PYTHONS", "").split(":")]
             if os.access(path, os.X_OK) and path]
    if not found:
        skip("there is no Python to try")
    return found


def _each_target(case, in_futex):
    for python in _each_python():
        with Hung([python, "-B", SOURCE, case], in_futex) as hung:
            yield hung.pid
            yield hung.core()


def _circle(target):
    status, report = diagnose_json(target)
    expect_equal(status, 1, "exit status", report)
    expect_equal(len(report["findings"]), 1, "findings", report)
    finding = report["findings"][0]
    expect_equal((finding["kind"], finding["confidence"]), ("deadlock", "happened"), "verdict",
                 report)
    return finding


def _story(finding):
    """{(what is held, where it was taken, what is requested, where)}"""
    def at(stack):
        return (stack[0]["function"].split(".")[-1], stack[0]["line"]) if stack else None

    return {(tuple(sorted(step["holds"])), at(step["hold_stack"]), step["requests"],
             at(step["request_stack"])) for step in finding["steps"]}


def with_statements_crosswise():
    f1 = [line_of(SOURCE, text, "def f1") for text in ("with lock_A", "with lock_B")]
    f2 = [line_of(SOURCE, text, "def f2") for text in ("with lock_B", "with lock_A")]
    for target in _each_target("crosswise", 3):
        finding = _circle(target)
        expect_equal(_story(finding), {(("lock_A",), ("f1", f1[0]), "lock_B", ("f1", f1[1])),
                                       (("lock_B",), ("f2", f2[0]), "lock_A", ("f2", f2[1]))},
                     "story", finding)
        names = [step["thread"].split("'")[1] for step in finding["steps"]]
        expect_equal(sorted(names), ["worker one", "worker two"], "threads' names", finding)
        Diagnosis(target).expect_text("stuck behind:", "main thread waits for thread ")


def join_under_a_lock():
    for target in _each_target("join_under_lock", 2):
        finding = _circle(target)
        main_thread, other = sorted(finding["steps"], key=lambda step: step["tid"])
        expect_equal((main_thread["holds"], main_thread["requests"]),
                     (["lock_A"], f"end of {other['thread']}"), "main thread", finding)
        expect_equal(other["requests"], "lock_A", "the other", finding)


def explicit_acquisitions():
    """Nothing shows who holds a lock that acquire() took: the hang is suspected only."""
    for target in _each_target("explicit", 3):
        status, report = diagnose_json(target)
        expect_equal(status, 1, "exit status", report)
        expect_equal([finding["confidence"] for finding in report["findings"]], ["suspected"],
                     "confidence", report)
        Diagnosis(target).expect_text("wants lock_A (unknown holder)",
                                      "wants lock_B (unknown holder)")


def queue_that_stays_empty():
    """The one who waits for a queue is told; there is no circle."""
    for target in _each_target("queue", 2):
        findings = diagnose_json(target)[1]["findings"]
        expect(all(finding["confidence"] == "suspected" for finding in findings), "no certainty")


if __name__ == "__main__":
    main(sys.modules[__name__])
