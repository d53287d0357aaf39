"""Runs one program with events under `unknot run` and holds what is predicted against its header.

Usage: run_latent.py --unknot COMMAND --source FILE --program EXECUTABLE [clean]
"""

import argparse
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "end_to_end"))
from judge import functions_of, has_function  # noqa: E402
from session import NoReport, Session  # noqa: E402


def read_header(source):
    """The rule, and what each step must be: {"holds": ..., "wants": ..., "in": ...}."""
    comment = source.partition(" */")[0]
    rule = re.search(r"^ \* rule: (\S+)$", comment, re.MULTILINE).group(1)
    waits = [dict(pair.split("=") for pair in line.split())
             for line in re.findall(r"^ \* wait: (.*\S)$", comment, re.MULTILINE)]
    dismissed = re.findall(r"^ \* dismissed: (\S+)$", comment, re.MULTILINE)
    return rule, waits, dismissed


def is_wait(step, wait):
    return (fnmatchcase(step["requests"], wait["wants"])
            and ("holds" not in wait or wait["holds"] in step["holds"])
            and has_function(step["request_stack"], wait["in"])
            and ("holds" not in wait or has_function(step["hold_stack"], wait["in"])))


def judge_finding(finding, rule, waits):
    problems = []
    if finding["rule"] != rule or finding["confidence"] != "predicted":
        problems.append(f"{finding['rule']}, {finding['confidence']}: {finding['title']}")
    steps = finding["steps"]
    if len(steps) != len(waits):
        problems.append(f"{len(steps)} steps, not {len(waits)}")
    problems += [f"no step is {wait}" for wait in waits
                 if not any(is_wait(step, wait) for step in steps)]
    blocked = finding["kind"] == "blocked-wait"
    if blocked != bool(finding.get("wakes")):
        problems.append(f"a {finding['kind']} with wakes {finding.get('wakes')}")
    asked = [event["does"] for event in finding["witness"]["events"][-len(steps):]]
    if not all(does.startswith(("wants ", "waits for ", "comes to ")) for does in asked):
        problems.append(f"the schedule ends with {asked}")
    if not all(any(functions_of(step["request_stack"])) for step in steps):
        problems.append("a step without a place")
    return problems


def judge(report, rule, waits, dismissed):
    problems = [] if report["complete"] else [f"not complete: {report['lost']}"]
    expected = 0 if rule == "none" else 1
    if len(report["findings"]) != expected:
        titles = [finding["title"] for finding in report["findings"]]
        return problems + [f"{len(titles)} findings, not {expected}: {titles}"]
    for finding in report["findings"]:
        problems += judge_finding(finding, rule, waits)
    reasons = [entry["reason"] for entry in report["dismissed"]]
    if reasons != dismissed:
        problems.append(f"dismissed as {reasons}, not {dismissed}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--program", required=True, nargs="+")
    options = parser.parse_args()
    program, *args = options.program
    rule, waits, dismissed = read_header(Path(options.source).read_text(encoding="utf-8"))
    is_clean = "clean" in args
    with Session(options.unknot) as session:
        status, bare = session.run_bare(program, args)
        try:
            result, report = session.run_watched_json(program, args)
        except NoReport as error:
            print(error)
            return 1
    problems = judge(report, "none" if is_clean else rule, waits, dismissed if is_clean else [])
    if (result.returncode, result.stdout) != (status, bare.stdout):
        problems.append(f"status {result.returncode}, output {result.stdout!r} {result.stderr!r}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
