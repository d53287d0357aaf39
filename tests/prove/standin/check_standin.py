"""Runs programs of this directory with fixes of a plan applied by the library, and judges the run.

Usage: check_standin.py --unknot COMMAND --library FILE --programs DIRECTORY [CASE...]

A case deadlocks for sure without its plan (status 66), or does not hang but does what only a fix makes it do.
With the plan it ends well, its report has no finding, and the report says what was done.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

STATUS_DEADLOCK = 66
RUN_SECONDS = 40


@dataclass
class Fix:
    kind: str
    classes: list  # as in a plan, without the module
    places: list = field(default_factory=list)
    locks: int = 0  # expected, like the rest; 0: as many as there are classes
    left: int = 0
    at_least: int = 1  # acquisitions
    waits: bool = False
    name: str = ""
    text: str = ""  # what the report's line begins with


@dataclass
class Case:
    program: str
    scene: str
    fixes: list
    deadlocks: bool = True  # without the plan
    fails: bool = False  # without the plan it ends with an error


def static(*names):
    return [f"static {name}" for name in names]


def inversions():
    kinds = "mutex checked adaptive recursive rwlock spin semaphore c11".split()
    for kind in kinds:
        prefix = {"mutex": "lock", "c11": "mtx"}.get(kind, kind)
        both = static(f"{prefix}_A", f"{prefix}_B")
        yield Case("inversions", kind, [Fix("merge", both, at_least=800)])
        yield Case("inversions", kind, [Fix("gate", both, at_least=800)], deadlocks=False)
        places = [f"{kind}_take_b {kind}_other"]
        yield Case("inversions", kind, [Fix("ordered", both[:1], places, at_least=600)], False)
    for kind in ("std", "std_recursive", "std_timed", "std_shared"):
        both = static(f"{kind}_A", f"{kind}_B")
        yield Case("inversions_std", kind, [Fix("merge", both, at_least=800)])
        yield Case("inversions_std", kind, [Fix("gate", both, at_least=800)], deadlocks=False)


def relocks():
    for kind in ("mutex", "upgraded", "spin", "semaphore", "c11"):
        yield Case("relock", kind, [Fix("recursive", static(f"{kind}_S"), at_least=200)])
        if kind != "semaphore":
            yield Case("relock", kind, [Fix("merge", static(f"{kind}_S"))], deadlocks=False)
    yield Case("relock", "checked", [Fix("merge", static("checked_S"))], deadlocks=False)
    left = Fix("recursive", static("checked_S"), left=1, at_least=0)
    yield Case("relock", "checked", [left], deadlocks=False)


def results():
    names = "kept mutex checked rwlock spin semaphore c11 robust shared".split()
    yield Case("results", "", [Fix("merge", static(*names), locks=7, left=2)], False, fails=True)


def conditions():
    pair = static("queue", "journal")
    for scene in ("hand_over", "time_out", "be_cancelled"):
        for kind in ("merge", "gate"):
            yield Case("conditions", scene, [Fix(kind, pair)], deadlocks=False)
    for kind in ("merge", "gate"):
        yield Case("conditions", "hold_another", [Fix(kind, pair, waits=True)], deadlocks=False)
        yield Case("conditions", "c11", [Fix(kind, static("c11_queue", "c11_journal"))], False)
    yield Case("conditions", "pass_the_gate", [Fix("gate", pair)], deadlocks=False)
    ordered = Fix("ordered", static("journal"), ["write_journal", "take_both"])
    yield Case("conditions", "hand_over", [ordered], deadlocks=False)


def lives():
    accounts = Fix("merge", ["made account_open"] + static("ledger"), locks=2)
    for scene in ("free_held", "init_held"):
        yield Case("lives", scene, [accounts], deadlocks=False)
    for kind in ("merge", "gate"):
        many = Fix(kind, ["made account_open"] + static("ledger"), locks=101)
        yield Case("lives", "end_and_begin", [many], deadlocks=False)
        ledgers = Fix(kind, static("ledger", "other_ledger"))
        for scene in ("fork_held", "fork_with_handlers", "fork_and_init"):
            yield Case("lives", scene, [ledgers], deadlocks=False)
        tickets = Fix(kind, static("ledger", "ticket", "other_ticket"), locks=3, left=2)
        yield Case("lives", "turn_out_signals", [tickets], deadlocks=False)
    merged = Fix("merge", static("ledger", "other_ledger"))
    yield Case("lives", "fork_while_held", [merged], deadlocks=False)


    born = ["first _ZL17first_of_relockedRSt5mutex"]
    relocked = Fix("recursive", born, locks=25, at_least=25)
    yield Case("lives_std", "constructed_anew", [relocked])
    entered = Fix("merge", ["first _ZL5enterRSt5mutex"], locks=100)
    yield Case("lives_std", "on_the_stack", [entered], deadlocks=False, fails=True)


def several():
    names = static("mutex", "rwlock", "spin", "semaphore")
    yield Case("counters", "", [Fix("merge", names)], deadlocks=False)
    yield Case("counters", "", [Fix("gate", names)], deadlocks=False)
    # One lock in two merges: all three are one.
    overlapping = [Fix("merge", names[:2]), Fix("merge", names[1:], at_least=0)]
    yield Case("counters", "", overlapping, deadlocks=False)
    # Two gates, taken in the order of the plan.
    yield Case("counters", "", [Fix("gate", names), Fix("gate", names[:3])], deadlocks=False)
    said = "with fix merge 'lock_A + lock_B' of plan.conf: 2 locks were one recursive lock; 8"
    pair = Fix("merge", static("lock_A", "lock_B"), name="lock_A_+_lock_B", text=said)
    said = "with fix merge 'b' of plan.conf: no lock of the program matched it"
    unmatched = Fix("merge", static("nobody", "knows"), locks=-1, at_least=0, name="b", text=said)
    yield Case("inversions", "mutex", [pair, unmatched])


def all_cases():
    for cases in (inversions, relocks, results, conditions, lives, several):
        yield from cases()


def plan_text(case):
    def frames(names):
        return " ".join(f"{name}@{case.program}" for name in names.split())

    lines = ["unknot-plan 1", f"module {case.program} -"]
    for number, fix in enumerate(case.fixes):
        lines.append(f"fix {fix.kind} {fix.name or number}")
        for text in fix.classes:
            kind, names = text.split(" ", 1)
            lines.append(f"  class {kind} {frames(names)}")
        lines += [f"  at {frames(place)}" for place in fix.places]
    return "\n".join(lines) + "\n"


class Runner:
    def __init__(self, arguments, directory):
        self.unknot = arguments.unknot
        self.library = arguments.library
        self.programs = Path(arguments.programs)
        self.directory = Path(directory)

    def run(self, case, plan):
        """Status, what it wrote, and the recording of the first process."""
        name = f"{case.program}-{'plan' if plan else 'bare'}"
        for old in self.directory.glob(f"{name}.*.rec"):
            old.unlink()
        options = f"record={self.directory}/{name}.%p.rec:on_deadlock=exit"
        if plan:
            options += f":plan={plan}"
        command = [str(self.programs / case.program), *([case.scene] if case.scene else [])]
        environment = dict(os.environ, LD_PRELOAD=self.library, UNKNOT_OPTIONS=options)
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            output, errors = process.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            return "hang", output + errors, None
        return process.returncode, output + errors, self.directory / f"{name}.{process.pid}.rec"

    def report(self, recording):
        command = [self.unknot, "report", "--format=json", str(recording)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return json.loads(result.stdout)


def judge_fix(fix, told):
    expected = {"kind": fix.kind, "left": fix.left}
    expected["locks"] = max(0, fix.locks or len(fix.classes) - fix.left)
    problems = [
        f"{key} is {told[key]}, not {value}: {told['text']}"
        for key, value in expected.items()
        if told[key] != value
    ]
    if told["acquisitions"] < fix.at_least:
        problems.append(f"fewer than {fix.at_least} acquisitions: {told['text']}")
    if not told["text"].startswith(fix.text):
        problems.append(f"not '{fix.text}': {told['text']}")
    if fix.waits != (told["waits"] > 0):
        problems.append(f"waits: {told['text']}")
    return problems


def judge_report(case, report):
    problems = [f"finding: {finding['title']}" for finding in report["findings"]]
    told = report["processes"][0].get("fixes_applied", [])
    if len(told) != len(case.fixes):
        return problems + [f"{len(told)} fixes are told of, not {len(case.fixes)}"]
    for fix, of_it in zip(case.fixes, told):
        problems += judge_fix(fix, of_it)
    return problems


def judge(runner, case):
    plan = runner.directory / "plan.conf"
    plan.write_text(plan_text(case))
    status, output, recording = runner.run(case, plan)
    problems = []
    if status != 0:
        problems.append(f"with the plan: status {status}: {output.strip()}")
    elif recording:
        problems += judge_report(case, runner.report(recording))
    expected = STATUS_DEADLOCK if case.deadlocks else 1 if case.fails else None
    if expected:
        status, output, _ = runner.run(case, None)
        if status != expected:
            problems.append(f"without the plan: status {status}: {output.strip()}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--programs", required=True)
    parser.add_argument("cases", nargs="*", help="programs; all if none is given")
    arguments = parser.parse_args()
    failed = count = 0
    with tempfile.TemporaryDirectory(prefix="unknot-standin-") as directory:
        runner = Runner(arguments, directory)
        for case in all_cases():
            if arguments.cases and case.program not in arguments.cases:
                continue
            problems = judge(runner, case)
            kinds = "+".join(fix.kind for fix in case.fixes)
            for problem in problems:
                print(f"{case.program} {case.scene} {kinds}: {problem}")
            failed += bool(problems)
            count += 1
    print(f"{count - failed} of {count} cases as expected")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
