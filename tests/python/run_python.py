"""Runs one Python program under `unknot run` and holds the report against its verdict line.

Usage: run_python.py --unknot COMMAND --script FILE [--python INTERPRETER]

What has to do with locks is expected only of a Python whose calls the library can read: 3.8 to 3.12;
else the test counts as skipped (77). A finding is predicted, unless a thread had to wait for the
interpreter's own lock, which is made of a condition: then every schedule may have to wait there, too.
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
VERDICT = re.compile(r"^# verdict: (clean|finding|clean dismissed=ordered)$", re.M)
EXPECTED = ("predicted", None), ("possible", "skips-signal"), ("possible", "none-found")
IS_READ = "import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 12))"


def judge_findings(findings, expects_finding):
    if not expects_finding:
        return [f"false finding: {describe(finding)}" for finding in findings]
    problems = [f"{describe(finding)}" for finding in findings
                if (finding["confidence"], finding.get("no_witness")) not in EXPECTED]
    return problems if len(findings) == 1 else [*problems, f"{len(findings)} findings"]


def judge_dismissed(dismissed, expects_dismissed):
    reasons = {entry["reason"] for entry in dismissed}
    return [] if not expects_dismissed or "ordered" in reasons else [f"set aside: {reasons}"]


def check(session, python, script, verdict):
    try:
        result, report = session.run_watched_json(python, [script])
    except NoReport as error:
        return [str(error)]
    problems = []
    if result.returncode != 0 or result.stdout != "done\n":
        problems.append(f"exit status {result.returncode}: {result.stdout}{result.stderr}")
    problems += judge_findings(report["findings"], verdict == "finding")
    return problems + judge_dismissed(report["dismissed"], verdict.endswith("=ordered"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--script", required=True)
    parser.add_argument("--python", default="/usr/bin/python3")
    options = parser.parse_args()
    verdict = VERDICT.search(Path(options.script).read_text()).group(1)
    script = os.path.abspath(options.script)
    if verdict != "clean" and subprocess.call([options.python, "-c", IS_READ]) != 0:
        print(f"{options.python} is not Python 3.8 to 3.12")
        return SKIPPED
    with Session(options.unknot) as session:
        problems = check(session, options.python, script, verdict)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
