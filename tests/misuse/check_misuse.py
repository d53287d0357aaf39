"""Runs the variants of one misuse program and holds the reports against its header comment.

Usage: check_misuse.py --unknot COMMAND --source FILE --program EXECUTABLE

README.md describes the comment. Output and exit status must be those of a run without the library.
"""

import argparse
import pathlib
import re
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
from session import NoReport, Session  # noqa: E402 (needs the path)

COMMENT = re.compile(r"/\*(.*?)\*/", re.DOTALL)
LINE = re.compile(r"^(misuse|hazard|silent|options):\s*(.*)$")


@dataclass
class Expectation:
    """What the header comment says; rule "": the program has no bad variant."""

    rule: str = ""
    object: str = None
    functions: list = field(default_factory=list)  # in the stack of the call
    kind: tuple = ("misuse", "happened")
    signal: str = None  # of a hazard, and what is in the stack outside of its handler
    outside: str = None
    silent: list = field(default_factory=list)
    options: list = field(default_factory=list)


def parse(source):
    expectation = Expectation()
    for line in COMMENT.match(source).group(1).split("\n"):
        match = LINE.match(line.strip().lstrip("*").strip())
        if match is None:
            continue
        word, rest = match.groups()
        if word == "silent":
            expectation.silent += rest.split()
        elif word == "options":
            expectation.options = [f"--misuse={rest}"]
        elif rest != "none":
            rule, *pairs = rest.split()
            values = dict(pair.split("=", 1) for pair in pairs)
            expectation.rule = rule
            expectation.object = values.get("object")
            expectation.functions = values["in"].split(",") if "in" in values else []
            if word == "hazard":
                expectation.kind = ("hazard", "possible")
                expectation.signal, expectation.outside = values["signal"], values["outside"]
    return expectation


def has_function(stack, name):
    names = [frame.get("function", "").split("(", 1)[0] for frame in stack]
    return any(own == name or own.endswith("::" + name) for own in names)


def judge_finding(finding, expectation):
    name = finding["locks"][0]["name"]
    misuse = finding["misuse"]
    stack = misuse["places"][0]["stack"]
    problems = []
    if (finding["kind"], finding["confidence"]) != expectation.kind:
        problems.append(f"{finding['kind']} {finding['confidence']}, not {expectation.kind}")
    if misuse.get("signal") != expectation.signal:
        problems.append(f"signal {misuse.get('signal')}, not {expectation.signal}")
    if expectation.outside is not None:
        outside = misuse["places"][1]["stack"]
        if not has_function(outside, expectation.outside) or has_function(outside, "handle"):
            problems.append(f"{expectation.outside} is not in {outside}")
    if finding["rule"] != expectation.rule:
        problems.append(f"rule {finding['rule']}, not {expectation.rule}")
    if expectation.object is not None and not fnmatchcase(name, expectation.object):
        problems.append(f"is about {name}, not {expectation.object}")
    if not any(has_function(stack, function) for function in expectation.functions):
        problems.append(f"{expectation.functions} is not in {stack}")
    if not misuse["explanation"] or name not in finding["title"]:
        problems.append(f"title '{finding['title']}', explanation '{misuse['explanation']}'")
    return problems


def describe(finding):
    return f"{finding['kind']} {finding['rule']}: {finding['title']}"


def check_bad(session, program, expectation):
    _, report = session.run_watched_json(program, ["bad"], expectation.options)
    found = report["findings"]
    problems = [] if len(found) == 1 else [f"findings: {[describe(f) for f in found]}"]
    for finding in found:
        problems += judge_finding(finding, expectation)
    if expectation.options:
        _, report = session.run_watched_json(program, ["bad"])
        problems += [f"not asked for: {describe(finding)}" for finding in report["findings"]]
    _, report = session.run_watched_json(program, ["bad"],
                                         [*expectation.options, "--misuse=-all"])
    problems += [f"switched off: {describe(finding)}" for finding in report["findings"]]
    return problems


def check_silent(session, program, expectation):
    problems = []
    for variant in expectation.silent:
        _, report = session.run_watched_json(program, [variant], expectation.options)
        problems += [f"{variant}: {describe(finding)}" for finding in report["findings"]]
    return problems


def check_unchanged(session, program, variants):
    problems = []
    for variant in variants:
        status, bare = session.run_bare(program, [variant])
        result, _ = session.run_watched_json(program, [variant])
        if (result.returncode, result.stdout) != (status, bare.stdout):
            problems.append(f"{variant}: exit status {result.returncode}, output "
                            f"{result.stdout!r}; without us {status}, {bare.stdout!r}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    with open(options.source, encoding="utf-8") as file:
        expectation = parse(file.read())
    variants = (["bad"] if expectation.rule else []) + expectation.silent
    with Session(options.unknot) as session:
        try:
            problems = check_bad(session, options.program, expectation) if expectation.rule else []
            problems += check_silent(session, options.program, expectation)
            problems += check_unchanged(session, options.program, variants)
        except NoReport as error:
            problems = [str(error)]
    for problem in problems:
        print(problem)
    return 1 if problems or not variants else 0


if __name__ == "__main__":
    sys.exit(main())
