"""The programs of this folder and the deadlock demos, as cases: what to run, and what to expect.

A program's first comment is that of tests/programs (README.md there) and one line more, `cases:`,
which names the arguments that the program is run with, each a case of its own.
"""

import re
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "end_to_end"))
import expectation as expectations  # noqa: E402
from judge import cycles_of, lock_names  # noqa: E402

CASES_LINE = re.compile(r"^ \* cases: (.*?)(?: \*/)?$", re.M)


@dataclass
class Case:
    """One program with its arguments."""

    name: str
    source: Path
    command: list
    expectation: expectations.Expectation

    def finding_of(self, report):
        """The expected finding in a report; None if it is not there, or it happened: bad luck."""
        for finding in cycles_of(report):
            if self.is_expected(finding) and finding["confidence"] != "happened":
                return finding
        return None

    def is_expected(self, finding):
        names = lock_names(finding)
        return any(
            all(any(fnmatchcase(name, pattern) for pattern in wanted.locks) for name in names)
            and all(any(fnmatchcase(name, pattern) for name in names) for pattern in wanted.locks)
            for wanted in self.expectation.findings
        )


def is_wanted(name, patterns):
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def cases_in(folder, build, patterns):
    """All cases of one folder whose names fit one of the patterns, if there are any."""
    found = []
    for source in sorted((HERE / folder).glob("*.c*")):
        text = source.read_text(encoding="utf-8")
        program = str((build / "bin/tests/prove" / source.stem).absolute())
        line = CASES_LINE.search(text)
        for argument in line[1].split() if line else [""]:
            name = f"{source.stem}:{argument}" if argument else source.stem
            command = [program, argument] if argument else [program]
            found.append(Case(name, source, command, expectations.parse(text)))
    return [case for case in found if is_wanted(case.name, patterns)]
