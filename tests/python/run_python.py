"""Runs one Python program under `unknot run` and holds the report against its verdict line.

Usage: run_python.py --unknot COMMAND --script FILE [--python INTERPRETER]

A finding is expected only of a Python whose calls the library can read: 3.8 to 3.12; else the test
counts as skipped (77).
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from judge import describe
from session import NoReport, Session

SKIPPED = 77
IS_READ = "import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 12))"


def check(session, python, script, expects_finding):
    try:
        result, report = session.run_watched_json(python, [script])
    except NoReport as error:
        return [str(error)]
    problems = []
    if result.returncode != 0 or result.stdout != "done\n":
        problems.append(f"exit status {result.returncode}: {result.stdout}{result.stderr}")
    if expects_finding and len(report["findings"]) != 1:
        problems.append(f"{len(report['findings'])} findings")
    if not expects_finding:
        problems += [f"false finding: {describe(finding)}" for finding in report["findings"]]
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--script", required=True)
    parser.add_argument("--python", default="/usr/bin/python3")
    options = parser.parse_args()
    verdict = re.search(r"^# verdict: (clean|finding)$", Path(options.script).read_text(), re.M)
    expects_finding = verdict.group(1) == "finding"
    script = os.path.abspath(options.script)
    if expects_finding and subprocess.call([options.python, "-c", IS_READ]) != 0:
        print(f"{options.python} is not Python 3.8 to 3.12")
        return SKIPPED
    with Session(options.unknot) as session:
        problems = check(session, options.python, script, expects_finding)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
