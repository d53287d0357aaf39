"""The harness against made-up results: what it must find wrong, and how edits are made."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "inversions"))
from confirming import Outcome, Subject
from demos import DEMOS
from fixing import NotApplicable, edited, recommended
from generate import generate
from inversions import ring_finding
from lesson import recommended as missing_in_lesson

TEXT = "one\ntwo\nthree\n"


def edit(line, replaced, text):
    return {"file": "f.c", "line": line, "replaced": replaced, "text": text}


def judged(is_reachable, confirmed, not_reached):
    outcome = Outcome(Subject("p", is_reachable, [], [], None), confirmed, not_reached)
    outcome.judge()
    return outcome.problems


def fix(kind, verified=True, complete=True, edits=("e",)):
    return {"kind": kind, "verified": verified, "complete": complete, "edits": list(edits)}


class Edits(unittest.TestCase):
    def test_lines_come_before_others_and_replace_them(self):
        edits = [edit(1, 0, "zero\n"), edit(2, 1, "zwei\n"), edit(4, 0, "four\n")]
        self.assertEqual(edited(TEXT, edits), "zero\none\nzwei\nthree\nfour\n")

    def test_lines_go(self):
        self.assertEqual(edited(TEXT, [edit(1, 2, "")]), "three\n")

    def test_two_before_one_line_keep_their_order(self):
        self.assertEqual(edited("x\n", [edit(1, 0, "a\n"), edit(1, 0, "b\n")]), "a\nb\nx\n")

    def test_what_does_not_fit_is_refused(self):
        for edits in ([edit(3, 2, "")], [edit(0, 0, "")], [edit(1, 2, ""), edit(2, 1, "")]):
            with self.assertRaises(NotApplicable):
                edited(TEXT, edits)

    def test_only_verified_and_complete_fixes_are_recommended(self):
        fixes = [fix("a", verified=False), fix("b", complete=False), fix("c", edits=()), fix("d")]
        self.assertEqual(recommended({"fixes": fixes}), [(4, fixes[3])])


class Verdicts(unittest.TestCase):
    def test_nineteen_of_twenty_are_enough(self):
        self.assertEqual(judged(True, 19, 1), [])
        self.assertNotEqual(judged(True, 18, 2), [])

    def test_what_cannot_happen_is_never_confirmed(self):
        self.assertEqual(judged(False, 0, 20), [])
        self.assertNotEqual(judged(False, 1, 19), [])

    def test_lesson_needs_one_lock_and_one_order(self):
        both = [fix("single-lock"), fix("reorder")]
        self.assertEqual(missing_in_lesson({"fixes": both}), [])
        self.assertEqual(len(missing_in_lesson({"fixes": [fix("reorder", verified=False)]})), 2)


class Programs(unittest.TestCase):
    def test_thirty_inversions_are_thirty_programs(self):
        texts = {generate(seed)[1].split("\n", 1)[1] for seed in range(1, 31)}
        self.assertEqual(len(texts), 30)

    def test_a_seed_is_one_program(self):
        self.assertEqual(generate(7)[1], generate(7)[1])

    def test_a_finding_of_other_locks_is_not_the_rings(self):
        shape, _ = generate(2)
        locks = [{"name": f"{name}_lock"} for name in shape.locks]
        other = {"kind": "lock-order-cycle", "locks": [*locks, {"name": "journal_lock"}]}
        whole = {"kind": "lock-order-cycle", "locks": locks}
        self.assertIs(ring_finding(shape, {"findings": [other, whole]}), whole)

    def test_fixed_demos_differ_in_their_text(self):
        for demo in DEMOS:
            text = demo.source.read_text(encoding="utf-8")
            for old, new in demo.changes:
                self.assertEqual(text.count(old), 1, f"{demo.name}: {old!r}")
                self.assertNotEqual(old, new)


if __name__ == "__main__":
    unittest.main()
