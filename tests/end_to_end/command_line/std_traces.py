"""Traces in the std format: what report and explain say of them."""

import pathlib
import sys

from cases import expect_equal, expect_in, expect_not_in, expect_one_line, main, unknot
from example import report_json

# The second of the inversions is told what the first one has done; the third joins it.
INVERSIONS = """T0|fork(T1)|main:1
T0|acq(L1)|a:1
T0|acq(L2)|a:2
T0|rel(L2)|a:3
T0|rel(L1)|a:4
T1|acq(L2)|b:1
T1|acq(L1)|b:2
T1|rel(L1)|b:3
T1|rel(L2)|b:4
T0|acq(L3)|c:1
T0|acq(L4)|c:2
T0|rel(L4)|c:3
T0|rel(L3)|c:4
T0|w(V1)|c:5
T1|r(V1)|d:1
T1|acq(L4)|d:2
T1|acq(L3)|d:3
T1|rel(L3)|d:4
T1|rel(L4)|d:5
T0|join(T1)|main:2
T0|acq(L1)|e:1
T0|acq(L4)|e:2
T0|rel(L4)|e:3
T0|rel(L1)|e:4
"""


def _trace(text=INVERSIONS):
    pathlib.Path("x.std").write_text(text)
    return "x.std"


def a_predicted_finding_shows_its_schedule():
    done = unknot("report", "--input=std", _trace())
    expect_equal(done.status, 1)
    expect_in("1. lock-order-cycle (predicted): L1 and L2 are taken in opposite orders\n", done.out)
    expect_in("""     T0                   T1
     creates T1, main:1
     takes L1, a:1
                          takes L2, b:1
     wants L2, a:2
                          wants L1, b:2
""", done.out)


def what_data_refutes_is_only_possible():
    done = unknot("report", "--input=std", _trace())
    expect_in("2. lock-order-cycle (possible): L3 and L4 are taken in opposite orders\n", done.out)
    expect_in("   No schedule is shown: none was found among those that were looked for.\n", done.out)


def other_threads_may_close_the_circle():
    text = INVERSIONS + "T5|acq(L3)|g:1\nT5|acq(L4)|g:2\nT5|rel(L4)|g:3\nT5|rel(L3)|g:4\n"
    done = unknot("report", "--input=std", _trace(text))
    expect_in("lock-order-cycle (predicted): L4 and L3 are taken in opposite orders", done.out)
    expect_in("wants L4, g:2", done.out)


def a_join_sets_aside():
    text = INVERSIONS.replace("T1|r(V1)|d:1\n", "")
    text += "T0|fork(T2)|f:1\nT2|acq(L4)|f:2\nT2|acq(L1)|f:3\nT2|rel(L1)|f:4\nT2|rel(L4)|f:5\n"
    done = unknot("report", "--input=std", "--show-dismissed", _trace(text))
    expect_in("set aside (ordered): L1 and L4 are taken in opposite orders\n", done.out)
    expect_in("what T0 does here always comes before what T2 does", done.out)
    done = unknot("report", "--input=std", "x.std")
    expect_in("what was set aside, and why: unknot report --input=std --show-dismissed x.std\n",
              done.out)


def json_has_the_witness_and_follows_its_schema():
    findings = report_json(_trace(), "--input=std", status=1)["findings"]
    expect_equal([f["confidence"] for f in findings], ["predicted", "possible"])
    witness = findings[0]["witness"]
    expect_equal([(e["thread"], e["does"]) for e in witness["events"]],
                 [("T0", "creates T1"), ("T0", "takes L1"), ("T1", "takes L2"),
                  ("T0", "wants L2"), ("T1", "wants L1")])
    expect_equal((witness["reversed"], witness["keeps_data"]), (False, True))
    expect_not_in("witness", findings[1])
    expect_not_in("no_witness", findings[0])
    expect_equal(findings[1]["no_witness"], "none-found")


def explain_shows_every_event():
    done = unknot("explain", "--input=std", _trace(), 1)
    expect_equal(done.status, 0)
    expect_in("""   The whole schedule:
     T0                   T1
     creates T1, main:1
     wants L1, a:1
     takes L1, a:1
                          begins, b:1
                          wants L2, b:1
                          takes L2, b:1
     wants L2, a:2
                          wants L1, b:2
""", done.out)


def explain_tells_why_there_is_no_schedule():
    done = unknot("explain", "--input=std", _trace(), 2)
    expect_equal(done.status, 0)
    expect_in("   Why no schedule is shown (none-found):\n   Looked for were schedules", done.out)
    expect_not_in("The whole schedule", done.out)


def explain_tells_what_there_is_not():
    done = unknot("explain", "--input=std", _trace(), 3)
    expect_equal(done.status, 2)
    expect_one_line(done.err, "there is no finding 3: x.std has 2")
    for arguments in (["x.std"], ["x.std", "0"], ["x.std", "one"], []):
        done = unknot("explain", "--input=std", *arguments)
        expect_equal(done.status, 2)
        expect_one_line(done.err, "unknot explain FILE ID")


def a_wrong_line_is_named():
    done = unknot("report", "--input=std", _trace("T0|acq(L1)|1\nT1|acq(L1)|2\n"))
    expect_equal(done.status, 2)
    expect_one_line(done.err, "x.std: line 2 takes a lock that another thread has")


def a_clean_trace_has_no_finding():
    done = unknot("report", "--input=std", _trace("T0|acq(L1)|1\nT0|acq(L2)|2\n"))
    expect_equal(done.status, 0)
    expect_in("no lock-order problem in 1 thread, 2 locks", done.out)


def names_cannot_steer_a_terminal():
    text = INVERSIONS.replace("L1", "L\x1b[31m").replace("a:2", "\x1b[2J")
    done = unknot("report", "--input=std", _trace(text))
    expect_not_in("\x1b", done.out)
    expect_in("L\\x1b[31m", done.out)


def an_exported_trace_says_the_same():
    done = unknot("report", "--input=std", "--export=std", "--output=y.std", _trace())
    expect_equal((done.status, done.out, done.err), (0, "", ""))
    again = report_json("y.std", "--input=std", status=1)
    expect_equal([f["confidence"] for f in again["findings"]], ["predicted", "possible"])


def export_takes_a_trace_only():
    for arguments in (["--input=std", "--export=csv"], ["--input=std", "--export=std", "x.std"]):
        done = unknot("report", *arguments, _trace())
        expect_equal(done.status, 2)
        expect_one_line(done.err, "it takes std, and one file")


if __name__ == "__main__":
    main(sys.modules[__name__])
