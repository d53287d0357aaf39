"""Compares a program's text report with the expected one, without what differs between machines.

Usage: text_report.py --unknot COMMAND --program EXECUTABLE --expected FILE [--regenerate]
"""

import argparse
import difflib
import re
import sys

from session import Session

# In order: each takes out something that another build, run or machine has otherwise.
MASKS = [
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"0x[0-9a-f]+"), "ADDRESS"),
    (re.compile(r"\bprocess \d+"), "process PID"),
    (re.compile(r"(?<![\w.])/(?:[\w.+-]+/)+"), ""),
    (re.compile(r"(?<=[\s(])(?:\.{0,2}[\w.+-]*/)+(?=[\w.+-]+\.(?:c|h|cpp)\b)"), ""),
    (re.compile(r"(?<=\.c:)\d+|(?<=\.h:)\d+|(?<=\.cpp:)\d+"), "LINE"),
    (re.compile(r"\b\d+(\.\d+)? (bytes|KiB|MiB)\b"), "SIZE"),
    (re.compile(r"(?<=none gets stuck)(?: \(\d+ inconclusive\))?, \d+(?= without it)"), ", COUNT"),
]


def mask(text):
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


def compare(expected, got, name):
    return "".join(
        difflib.unified_diff(
            expected.splitlines(keepends=True), got.splitlines(keepends=True), name, "this run"
        )
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--expected", required=True)
    parser.add_argument("--regenerate", action="store_true")
    options = parser.parse_args()
    with Session(options.unknot) as session:
        _, text = session.run_watched(
            options.program, [], ["--format=text", "--show-dismissed", "--color=never"]
        )
    got = mask(text)
    if options.regenerate:
        with open(options.expected, "w", encoding="utf-8") as file:
            file.write(got)
        return 0
    with open(options.expected, encoding="utf-8") as file:
        difference = compare(file.read(), got, options.expected)
    sys.stdout.write(difference)
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
