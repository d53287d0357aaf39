"""Runs one Python program under `unknot run` and holds the report against its verdict line.

Usage: run_python.py --unknot COMMAND --script FILE [--python INTERPRETER]

A finding is expected only of a Python whose calls the library can read: 3.11; else the test counts
as skipped (77).
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from judge import describe
from session import NoReport, Session

SKIPPED = 77
VERSION = "import sys; print(*sys.version_info[:2])"


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
    version = subprocess.run([options.python, "-c", VERSION], capture_output=True, text=True)
    if version.returncode != 0 or (expects_finding and version.stdout.split() != ["3", "11"]):
        print(f"{options.python} is not Python 3.11")
        return SKIPPED
    with Session(options.unknot) as session:
        problems = check(session, options.python, options.script, expects_finding)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
