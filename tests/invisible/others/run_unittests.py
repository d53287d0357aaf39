"""Runs unittest modules and writes what became of each test: run_unittests.py OUTCOMES NAME...

The interpreter that runs this is the program under test, so the file keeps to what every Python 3
has. OUTCOMES becomes a JSON object from test id to outcome; NAME is a module, class or test.
"""

import json
import sys
import unittest


class Outcomes(unittest.TextTestResult):
    """Keeps the worst outcome of each test, with its subtests counted to it."""

    RANK = ("ok", "skipped", "expected failure", "unexpected success", "failed", "error")
    outcomes = {}

    def note(self, test, outcome):
        name = getattr(test, "test_case", test).id()
        before = self.outcomes.get(name, "ok")
        self.outcomes[name] = max(before, outcome, key=self.RANK.index)

    def startTest(self, test):
        super().startTest(test)
        self.note(test, "ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "unexpected success")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failed")

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "error")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "failed" if issubclass(err[0], test.failureException) else "error")


def main(outcomes_file, names):
    tests = unittest.defaultTestLoader.loadTestsFromNames(names)
    unittest.TextTestRunner(sys.stderr, verbosity=2, resultclass=Outcomes).run(tests)
    with open(outcomes_file, "w", encoding="utf-8") as file:
        json.dump(Outcomes.outcomes, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
