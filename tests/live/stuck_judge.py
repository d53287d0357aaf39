"""Holds the live findings of a JSON report against what a program in tests/live says of itself."""

import sys
from fnmatch import fnmatchcase
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from judge import functions_of, has_function
from stuck_expectation import KINDS

ALARMS = KINDS | {"hazard"}


def alarms_of(report):
    return [finding for finding in report["findings"] if finding["kind"] in ALARMS]


def describe_step(step):
    places = "/".join(name for name in functions_of(step["request_stack"])[:4] if name)
    holds = ",".join(step["holds"]) or "nothing"
    return f"{step['thread']} holds {holds} wants {step['requests']} ({places})"


def describe(finding):
    steps = "; ".join(describe_step(step) for step in finding["steps"])
    behind = len(finding.get("stuck_behind", []))
    return f"{finding['kind']}, {finding['confidence']}: {steps}; {behind} behind"


def wait_matches(step, wait):
    stacks = [step["request_stack"]]
    if wait.holds is not None:
        stacks.append(step["hold_stack"])
    return (
        (wait.thread is None or fnmatchcase(step["thread"], f"*{wait.thread}*"))
        and (wait.holds is None or any(fnmatchcase(name, wait.holds) for name in step["holds"]))
        and (wait.wants is None or fnmatchcase(step["requests"], wait.wants))
        and all(has_function(stack, name) for stack in stacks for name in wait.functions)
    )


def hang_problems(finding, hang):
    """What this finding does not have of the hang; empty: it is the one."""
    problems = []
    if finding["kind"] != hang.kind:
        problems.append(f"it is a {finding['kind']}, not a {hang.kind}")
    if finding["confidence"] != ("happened" if hang.is_certain else "suspected"):
        problems.append(f"its confidence is {finding['confidence']}")
    if len(finding["steps"]) != hang.threads:
        problems.append(f"it has {len(finding['steps'])} threads, not {hang.threads}")
    behind = len(finding.get("stuck_behind", []))
    if hang.behind is not None and behind != hang.behind:
        problems.append(f"{behind} threads are stuck behind it, not {hang.behind}")
    left = list(finding["steps"])
    for wait in hang.waits:
        step = next((step for step in left if wait_matches(step, wait)), None)
        if step is None:
            problems.append(f"no thread is {wait}")
        else:
            left.remove(step)
    return problems


def judge_hangs(report, hangs):
    """The differences between the live findings and the hangs; empty: none."""
    problems, left = [], alarms_of(report)
    for hang in hangs:
        match = next((finding for finding in left if not hang_problems(finding, hang)), None)
        if match is not None:
            left.remove(match)
        elif not left:
            problems.append(f"no {hang.kind} is reported")
        else:
            finding = left.pop(0)
            problems += hang_problems(finding, hang) + [f"reported: {describe(finding)}"]
    return problems + [f"false finding: {describe(finding)}" for finding in left]


def judge_silence(report):
    return [f"false finding: {describe(finding)}" for finding in alarms_of(report)]
