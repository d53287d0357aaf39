"""Compares a JSON report (schema 1) with an expectation; says every difference in one line."""

from fnmatch import fnmatchcase


def functions_of(stack):
    return [frame.get("function", "") for frame in stack]


def same_function(name, pattern):
    """A C++ function's name carries its parameters: "f" means "f(int)" too."""
    bare = name.split("(", 1)[0]
    return fnmatchcase(name, pattern) or fnmatchcase(bare, pattern) or bare.endswith("::" + pattern)


def has_function(stack, pattern):
    return any(same_function(name, pattern) for name in functions_of(stack))


def lock_names(finding):
    return [lock["name"] for lock in finding["locks"]]


def describe(finding):
    """One line a person can act on: who holds and requests what, and where."""
    parts = []
    for lock, step in zip(finding["locks"], finding["steps"]):
        places = "/".join(f for f in functions_of(step["request_stack"])[:4] if f)
        who = f"{step['thread']} holds {lock['name']} requests {step['requests']}"
        parts.append(f"{who} ({places})")
    confidence = " ".join((finding.get("confidence", ""), finding.get("no_witness", "")))
    return f"pid {finding['pid']}: " + "; ".join(parts) + f" {confidence}".rstrip()


def cycles_of(report):
    return [finding for finding in report["findings"] if finding["kind"] != "misuse"]


def judge_misuse(report, expectation):
    misuses = [finding for finding in report["findings"] if finding["kind"] == "misuse"]
    if sorted(finding["rule"] for finding in misuses) == expectation.misuse:
        return []
    seen = [f"{finding['rule']} ({finding['title']})" for finding in misuses]
    return [f"misuse: {seen}, expected {expectation.misuse}"]


def finding_matches(finding, expected, pids):
    names = lock_names(finding)
    return (
        len(names) == len(finding["steps"]) == expected.steps
        and all(any(fnmatchcase(name, pattern) for pattern in expected.locks) for name in names)
        and all(any(fnmatchcase(name, pattern) for name in names) for pattern in expected.locks)
        and (expected.process == 0 or finding["pid"] == pids[expected.process - 1])
        and expected.confidence in (None, finding.get("confidence"))
        and expected.why in (None, finding.get("no_witness"))
    )


def step_matches(lock, step, expected):
    stacks = [step["hold_stack"], step["request_stack"]]
    return (
        (expected.thread is None or fnmatchcase(step["thread"], f"*{expected.thread}*"))
        and (expected.holds is None or fnmatchcase(lock["name"], expected.holds))
        and (expected.requests is None or fnmatchcase(step["requests"], expected.requests))
        and all(has_function(stack, name) for stack in stacks for name in expected.functions)
        and not any(has_function(stack, name) for stack in stacks for name in expected.strangers)
    )


def judge_findings(report, expectation):
    problems = []
    pids = sorted(process["pid"] for process in report["processes"])
    left = cycles_of(report)
    for expected in expectation.findings:
        match = next((f for f in left if finding_matches(f, expected, pids)), None)
        if match is None:
            words = [word for word in (expected.confidence, expected.why) if word]
            problems.append(" ".join([f"missing finding: {expected.steps} steps,",
                                      ",".join(expected.locks), *words]))
        else:
            left.remove(match)
    problems += [f"false finding: {describe(finding)}" for finding in left]
    return problems


def judge_finding_shape(finding, kind):
    """What every finding must have, whatever the program."""
    problems = []
    if finding["kind"] != kind or not finding["title"]:
        problems.append(f"finding {finding['id']}: kind '{finding['kind']}', '{finding['title']}'")
    if len(finding["locks"]) != len(finding["steps"]):
        return problems + [f"{len(finding['locks'])} locks, {len(finding['steps'])} steps"]
    for index, step in enumerate(finding["steps"]):
        following = finding["locks"][(index + 1) % len(finding["locks"])]
        if step["requests"] != following["name"]:
            problems.append(f"step {index} requests {step['requests']}, not {following['name']}")
        if finding["locks"][index]["name"] not in step["holds"]:
            problems.append(f"step {index} does not hold {finding['locks'][index]['name']}")
        for stack in ("hold_stack", "request_stack"):
            if not any(functions_of(step[stack])):
                problems.append(f"step {index}: {stack} names no function")
    return problems


def judge_steps(report, expectation):
    steps = [
        (lock, step)
        for finding in cycles_of(report)
        for lock, step in zip(finding["locks"], finding["steps"])
    ]
    return [
        f"no step is {expected}"
        for expected in expectation.steps
        if not any(step_matches(lock, step, expected) for lock, step in steps)
    ]


def judge_dismissed(report, expectation):
    seen = {entry["reason"] for entry in report["dismissed"]}
    problems = [f"nothing is dismissed as {reason}" for reason in expectation.dismissed - seen]
    if not expectation.any_dismissed:
        problems += [
            f"dismissed as {entry['reason']}: {describe(entry)}"
            for entry in report["dismissed"]
            if entry["reason"] not in expectation.dismissed
        ]
    return problems


def judge(report, expectation, complete=True, kind="lock-order-cycle"):
    """The differences between a report and what was expected of it; empty: none."""
    problems = []
    if report["schema"] != 1:
        problems.append(f"schema {report['schema']}, expected 1")
    if report["complete"] != complete:
        problems.append(f"complete is {report['complete']}, lost: {report['lost']}")
    if len(report["processes"]) != expectation.processes:
        problems.append(f"{len(report['processes'])} processes, not {expectation.processes}")
        return problems
    problems += judge_findings(report, expectation)
    problems += judge_misuse(report, expectation)
    for finding in cycles_of(report):
        problems += judge_finding_shape(finding, kind)
    problems += judge_steps(report, expectation)
    problems += judge_dismissed(report, expectation)
    return problems
