"""The judge of tests/live tests itself: each kind of wrong report must be noticed."""

import copy
import unittest

from stuck_expectation import ExpectationError, parse
from stuck_judge import judge_hangs, judge_silence

SOURCE = """/* Prose that says threads or verdict in passing.
 * verdict: deadlock
 * threads: 2
 * stuck behind: 1
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
"""


def make_step(thread, holds, wants, function):
    stack = [{"function": "pthread_mutex_lock"}, {"function": function}]
    return {
        "thread": thread,
        "holds": [holds],
        "requests": wants,
        "hold_stack": stack,
        "request_stack": copy.deepcopy(stack),
    }


def make_report():
    steps = [
        make_step("T2 (worker)", "lock_a", "lock_b", "a_then_b"),
        make_step("main", "lock_b", "lock_a", "b_then_a"),
    ]
    finding = {
        "kind": "deadlock",
        "confidence": "happened",
        "steps": steps,
        "stuck_behind": [make_step("T3", "lock_c", "lock_a", "behind")],
    }
    return {"findings": [finding, {"kind": "lock-order-cycle"}]}


class JudgeNotices(unittest.TestCase):
    def setUp(self):
        self.hangs = parse(SOURCE).hangs
        self.report = make_report()
        self.finding = self.report["findings"][0]
        self.main = self.finding["steps"][1]

    def assert_noticed(self):
        self.assertNotEqual(judge_hangs(self.report, self.hangs), [])

    def test_nothing_in_a_right_report(self):
        self.assertEqual(judge_hangs(self.report, self.hangs), [])

    def test_a_missing_hang(self):
        self.report["findings"].remove(self.finding)
        self.assert_noticed()

    def test_a_hang_told_twice(self):
        self.report["findings"].append(copy.deepcopy(self.finding))
        self.assert_noticed()

    def test_another_kind(self):
        self.finding["kind"] = "self-deadlock"
        self.assert_noticed()

    def test_another_confidence(self):
        self.finding["confidence"] = "suspected"
        self.assert_noticed()

    def test_a_thread_too_many(self):
        self.finding["steps"].append(make_step("T3", "lock_c", "lock_a", "behind"))
        self.assert_noticed()

    def test_nobody_stuck_behind(self):
        self.finding["stuck_behind"] = []
        self.assert_noticed()

    def test_another_thread(self):
        self.main["thread"] = "T4"
        self.assert_noticed()

    def test_another_lock_held(self):
        self.main["holds"] = ["lock_c"]
        self.assert_noticed()

    def test_another_lock_wanted(self):
        self.main["requests"] = "lock_c"
        self.assert_noticed()

    def test_a_function_missing_where_it_holds(self):
        self.main["hold_stack"] = []
        self.assert_noticed()

    def test_a_function_missing_where_it_waits(self):
        self.main["request_stack"] = []
        self.assert_noticed()

    def test_one_step_for_two_waits(self):
        self.finding["steps"][0] = copy.deepcopy(self.main)
        self.assert_noticed()

    def test_each_alarm_where_there_must_be_none(self):
        for kind in ("deadlock", "self-deadlock", "hazard"):
            self.finding["kind"] = kind
            self.assertNotEqual(judge_silence(self.report), [])

    def test_no_alarm_in_a_lock_order_cycle(self):
        self.report["findings"].remove(self.finding)
        self.assertEqual(judge_silence(self.report), [])


class HeaderCommentsRefused(unittest.TestCase):
    def refuse(self, text):
        with self.assertRaises(ExpectationError):
            parse(f"/* A program.\n * {text} */\n")

    def test_without_a_verdict(self):
        self.refuse("It only has prose.")

    def test_of_an_unknown_kind(self):
        self.refuse("verdict: livelock")

    def test_without_a_number_of_threads(self):
        self.refuse("verdict: deadlock")

    def test_with_threads_of_no_hang(self):
        self.refuse("threads: 2")

    def test_silent_and_hanging(self):
        self.refuse("verdict: silent\n * verdict: deadlock\n * threads: 2")

    def test_with_an_unknown_key(self):
        self.refuse("verdict: deadlock\n * threads: 2\n * wait: whom=main")


if __name__ == "__main__":
    unittest.main()
