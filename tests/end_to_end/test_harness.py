"""The harness tests itself: each kind of wrong report must be noticed."""

import copy
import unittest

import expectation
import text_report
from judge import judge

SOURCE = """/* Prose that says verdict or step in passing.
 * verdict: finding locks=lock_a,lock_b
 * step: thread=worker holds=lock_a requests=lock_b in=a_then_b not=stranger
 * verdict: dismissed=gate-lock */
int main(void);
"""


def make_step(thread, holds, requests, function):
    stack = [{"function": "pthread_mutex_lock"}, {"function": function}, {"module": "m"}]
    return {
        "thread": thread,
        "holds": [holds],
        "requests": requests,
        "mode": "write",
        "blocking": True,
        "hold_stack": stack,
        "request_stack": copy.deepcopy(stack),
    }


def make_report():
    finding = {
        "id": 1,
        "kind": "lock-order-cycle",
        "title": "two orders",
        "pid": 7,
        "locks": [{"name": "lock_a"}, {"name": "lock_b"}],
        "steps": [
            make_step("T2 'worker'", "lock_a", "lock_b", "a_then_b(int)"),
            make_step("T3", "lock_b", "lock_a", "b_then_a"),
        ],
    }
    dismissed = {**copy.deepcopy(finding), "reason": "gate-lock"}
    return {
        "schema": 1,
        "complete": True,
        "lost": {},
        "processes": [{"pid": 7}],
        "findings": [finding],
        "dismissed": [dismissed],
    }


class JudgeNotices(unittest.TestCase):
    def setUp(self):
        self.expectation = expectation.parse(SOURCE)
        self.report = make_report()

    def problems(self):
        return judge(self.report, self.expectation)

    def test_nothing_in_the_right_report(self):
        self.assertEqual(self.problems(), [])

    def test_a_missing_finding(self):
        self.report["findings"] = []
        self.assertIn("missing finding: 2 steps, lock_a,lock_b", self.problems())

    def test_a_second_finding(self):
        self.report["findings"] *= 2
        self.assertTrue(any(p.startswith("false finding") for p in self.problems()))

    def test_another_lock(self):
        self.report["findings"][0]["locks"][1]["name"] = "lock_c"
        self.assertTrue(any(p.startswith("missing finding") for p in self.problems()))

    def test_another_confidence(self):
        self.expectation.findings[0].confidence = "predicted"
        self.report["findings"][0]["confidence"] = "predicted"
        self.assertEqual(self.problems(), [])
        self.report["findings"][0]["confidence"] = "possible"
        self.assertIn("missing finding: 2 steps, lock_a,lock_b predicted", self.problems())

    def test_another_reason_for_no_schedule(self):
        self.expectation.findings[0].why = "none-found"
        self.report["findings"][0]["no_witness"] = "unclear-try"
        self.assertIn("missing finding: 2 steps, lock_a,lock_b none-found", self.problems())

    def test_an_extra_step(self):
        steps = self.report["findings"][0]["steps"]
        steps.append(steps[0])
        self.assertTrue(any(p.startswith("missing finding") for p in self.problems()))

    def test_an_empty_hold_stack(self):
        self.report["findings"][0]["steps"][1]["hold_stack"] = []
        self.assertIn("step 1: hold_stack names no function", self.problems())

    def test_an_empty_request_stack(self):
        self.report["findings"][0]["steps"][1]["request_stack"] = [{"module": "m"}]
        self.assertIn("step 1: request_stack names no function", self.problems())

    def test_another_thread(self):
        self.report["findings"][0]["steps"][0]["thread"] = "T2"
        self.assertTrue(any(p.startswith("no step is") for p in self.problems()))

    def test_the_wrong_caller_in_one_stack(self):
        self.report["findings"][0]["steps"][0]["request_stack"][1]["function"] = "other"
        self.assertTrue(any(p.startswith("no step is") for p in self.problems()))

    def test_a_stranger_in_one_stack(self):
        self.report["findings"][0]["steps"][0]["hold_stack"].append({"function": "stranger"})
        self.assertTrue(any(p.startswith("no step is") for p in self.problems()))

    def test_a_missing_dismissal(self):
        self.report["dismissed"] = []
        self.assertIn("nothing is dismissed as gate-lock", self.problems())

    def test_another_dismissal(self):
        self.report["dismissed"].append({**self.report["dismissed"][0], "reason": "ordered"})
        self.assertTrue(any(p.startswith("dismissed as ordered") for p in self.problems()))

    def test_an_incomplete_recording(self):
        self.report["complete"] = False
        self.assertTrue(any(p.startswith("complete is False") for p in self.problems()))

    def test_a_missing_process(self):
        self.report["processes"] = []
        self.assertIn("0 processes, not 1", self.problems())


class ExpectationRefuses(unittest.TestCase):
    def refuse(self, text):
        with self.assertRaises(expectation.ExpectationError):
            expectation.parse(text)

    def test_a_source_without_a_verdict(self):
        self.refuse("/* nothing */")

    def test_clean_and_finding_at_once(self):
        self.refuse("/* \n * verdict: clean\n * verdict: finding locks=a,b */")

    def test_an_unknown_reason(self):
        self.refuse("/* \n * verdict: clean dismissed=luck */")

    def test_an_unknown_key(self):
        self.refuse("/* \n * verdict: clean\n * step: inside=f */")


class MaskKeeps(unittest.TestCase):
    def test_names_and_drops_what_differs(self):
        line = "== /a/b-c/prog process 12: at demos/f.c:31 in f [prog+0x1f]\n"
        self.assertEqual(
            text_report.mask(line), "== prog process PID: at f.c:LINE in f [prog+ADDRESS]\n"
        )


if __name__ == "__main__":
    unittest.main()
