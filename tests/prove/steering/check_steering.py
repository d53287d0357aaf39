"""Runs programs with plans under the library alone, and judges how they end and what is recorded.

Usage: check_steering.py --unknot COMMAND --library FILE --show COMMAND --programs DIRECTORY PART
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STATUS_DEADLOCK = 66
RUN_SECONDS = 30


class Bench:
    """A scratch directory, and how to run programs in it; use it with `with`."""

    def __init__(self, options):
        self.options = options
        self.directory = tempfile.TemporaryDirectory(prefix="unknot-test-")
        self.problems = []
        self.runs = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def program(self, words):
        name, *args = words.split()
        return [os.path.join(self.options.programs, name), *args]

    def execute(self, command, environment=None):
        clean = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "UNKNOT_OPTIONS")}
        return subprocess.run(command, cwd=self.directory.name, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=RUN_SECONDS, check=False,
                              env={**clean, **(environment or {})})

    def finding(self, words):
        """The first finding of an unsteered run that has steps."""
        report = self.path("report.json")
        self.execute([self.options.unknot, "run", f"--data={self.path('first')}",
                      f"--format=json:{report}", "--", *self.program(words)])
        findings = json.loads(Path(report).read_text(encoding="utf-8"))["findings"]
        return next(finding for finding in findings if finding.get("steps"))

    def steer(self, words, plan=None, options=""):
        """Status, output, what was recorded as lines, and how long it took."""
        self.runs += 1
        recording = self.path(f"{self.runs}.rec")
        environment = {"LD_PRELOAD": self.options.library,
                       "UNKNOT_OPTIONS": f"on_deadlock=exit:exit_report=0:record={recording}"}
        if plan is not None:
            Path(self.path("plan")).write_text(plan, encoding="utf-8")
            environment["UNKNOT_OPTIONS"] += f":plan={self.path('plan')}"
        environment["UNKNOT_OPTIONS"] += options
        start = time.monotonic()
        result = self.execute(self.program(words), environment)
        seconds = time.monotonic() - start
        shown = self.execute([self.options.show, recording]).stdout
        return result.returncode, result.stdout, shown, seconds

    def expect(self, holds, what):
        if not holds:
            self.problems.append(what)


def build_id(module):
    notes = subprocess.run(["readelf", "-n", module], capture_output=True, text=True, check=True)
    found = re.search(r"Build ID: (\w+)", notes.stdout)
    return found.group(1) if found else "-"


def place_of(stack, modules):
    """As a plan has it: the report leaves one byte out, so that the address lies in the call."""
    frames = [frame for frame in stack if not frame.get("inlined") and "offset" in frame]
    modules.update((Path(frame["module"]).name, frame["module"]) for frame in frames)
    return " ".join(f"{frame.get('function', '?')}@{Path(frame['module']).name}"
                    f"+0x{frame['offset'] + 1:x}" for frame in frames[:8])


def plan_from(finding, *lines, waits=(), ranks=None, begins=None):
    """By the numbers of steps: those that wait, ranks that differ from these, where some begin."""
    modules, steps = {}, []
    for number, step in enumerate(finding["steps"]):
        places = {"begins": (begins or {}).get(number), "holding": step.get("hold_stack"),
                  "waits" if number in waits else "requests": step["request_stack"]}
        steps.append("step")
        steps += [f"  {does} {place_of(stack, modules)}" for does, stack in places.items() if stack]
        steps.append(f"  rank {(ranks or {}).get(number, number)}")
    builds = [f"module {name} {build_id(path)}" for name, path in modules.items()]
    return "\n".join(["unknot-plan 1", *builds, *lines, *steps]) + "\n"


def plan_of(*lines):
    """By hand, with functions for places."""
    return "\n".join(["unknot-plan 1", *lines]) + "\n"


OPPOSITE = plan_of("step", "holding a_then_b@opposite first@opposite",
                   "requests a_then_b@opposite first@opposite",
                   "step", "holding b_then_a@opposite", "requests b_then_a@opposite")


def expect_deadlock(bench, words, plan, options=""):
    status, output, shown, _ = bench.steer(words, plan, options)
    bench.expect(status == STATUS_DEADLOCK and "done" not in output and "\ndeadlock " in shown,
                 f"{words}: status {status}, {output!r}\n{shown}{plan}")
    return shown


def expect_same(bench, words, plan):
    """It ends as if there were no plan."""
    bare = bench.execute(bench.program(words))
    status, output, shown, seconds = bench.steer(words, plan)
    bench.expect((status, output) == (bare.returncode, bare.stdout) and "deadlock" not in shown,
                 f"{words}: status {status}, {output!r} instead of {bare.stdout!r}\n{shown}")
    return shown, seconds


def circles(bench):
    """From a first recording, in which luck kept the threads apart."""
    for words in ("opposite", "ring 3", "philosophers", "rwlocks read_write", "read_again",
                  "join_while_holding", "c11_mutexes plain", "spin_locks pair",
                  "once_and_mutex pthread"):
        shown = expect_deadlock(bench, words, plan_from(bench.finding(words)))
        bench.expect("flags 2" in shown, f"{words}: {shown}")


def ends(bench):
    plan = plan_from(bench.finding("opposite"))
    # The gate is seen, and nobody else can run.
    shown, seconds = expect_same(bench, "opposite gated", plan)
    bench.expect("reached 1" in shown and "alone 1" in shown and "together 0" in shown, shown)
    bench.expect(seconds < 2, f"the gated twin took {seconds} s")
    shown, _ = expect_same(bench, "opposite one", plan)
    bench.expect("step 0 reached 1" in shown and "step 1" not in shown, shown)
    shown, _ = expect_same(bench, "opposite handled", plan)
    bench.expect("step 0 reached 1 held 1" in shown, shown)
    # One thread passes its step before the other begins, unless it is held back for long enough.
    far = bench.finding("far_apart 500")
    shown, _ = expect_same(bench, "far_apart 500", plan_from(far, "pause 50"))
    bench.expect("expired 1" in shown, shown)
    expect_deadlock(bench, "far_apart 500", plan_from(far, "pause 5000"))
    # Told without being ended, the threads go on to wait: it is told once.
    status, shown = hang(bench, "opposite", plan)
    bench.expect(status is None and shown.count("deadlock sort 1 flags 0") == 1, shown)
    # In any build the functions are enough.
    expect_deadlock(bench, "opposite", OPPOSITE)
    shown, _ = expect_same(bench, "opposite one", "unknot-plan 1\nstep\nsteppp\n")
    bench.expect("line 3: not a line of a plan: 'steppp'" in shown, shown)


def hang(bench, words, plan):
    """Under a plan that leaves a deadlock be: None, as it was killed, and what was recorded."""
    Path(bench.path("plan")).write_text(plan, encoding="utf-8")
    recording = bench.path("hang.rec")
    environment = {**os.environ, "LD_PRELOAD": bench.options.library,
                   "UNKNOT_OPTIONS": f"record={recording}:plan={bench.path('plan')}"}
    with subprocess.Popen(bench.program(words), env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            status = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = None
        process.kill()
    return status, bench.execute([bench.options.show, recording]).stdout


def waits(bench):
    nested = bench.finding("nested_monitor")
    waiting = [number for number, step in enumerate(nested["steps"]) if not is_lock(nested, step)]
    expect_deadlock(bench, "nested_monitor", plan_from(nested, waits=waiting))
    # In order: one goes through the gate before the other has it.
    expect_deadlock(bench, "gate_of_one_side", in_order(bench.finding("gate_of_one_side")))
    lost = plan_of("step", "waits wait_once@lost_signal")
    unlocked = plan_of("step", "holding wait_once@lost_signal", "waits wait_once@lost_signal")
    expect_deadlock(bench, "lost_signal", lost)
    expect_deadlock(bench, "lost_signal unlocked", unlocked)
    for words, plan in (("lost_signal unlocked", lost), ("lost_signal right", lost),
                        ("lost_signal right", unlocked)):
        expect_same(bench, words, plan)


def in_order(finding):
    """A plan in which the thread that holds the gate comes last, and waits before it takes that."""
    taken = next(event for event in finding["witness"]["events"] if event["does"] == "takes gate")
    gated = next(number for number, step in enumerate(finding["steps"])
                 if step["thread"] == taken["thread"])
    return plan_from(finding, "order ranked", ranks={gated: len(finding["steps"])},
                     begins={gated: taken["stack"]})


def is_lock(finding, step):
    kinds = {lock["name"]: lock["kind"] for lock in finding["locks"]}
    return kinds.get(step["requests"]) not in (None, "condition", "semaphore", "barrier")


def bounds(bench):
    """A step that is reached ten thousand times in vain costs some pauses."""
    shown, seconds = expect_same(bench, "opposite often", OPPOSITE + "pause 20\n")
    counts = re.search(r"step 0 reached (\d+) held (\d+)", shown)
    bench.expect(counts and int(counts.group(1)) == 10000 and 4 <= int(counts.group(2)) < 400,
                 f"{seconds} s: {shown}")
    bench.expect(seconds < 10, f"{seconds} s for 10,000 times at a step")


def delays(bench):
    """The same seed chooses the same places, another one others; the program does what it does."""
    words = ("opposite gated", "semaphores pair", "rwlocks read_write", "spin_locks pair",
             "c11_mutexes plain")
    for program in words:
        bare = bench.execute(bench.program(program))
        seen = []
        for seed in (3, 3, 4):
            status, output, shown, _ = bench.steer(program, options=f":perturb={seed}")
            bench.expect((status, output) == (bare.returncode, bare.stdout),
                         f"{program}: status {status}, {output!r}")
            seen.append(shown)
        bench.expect(seen[0] == seen[1] and "delays" in seen[0], f"{program}: {seen[:2]}")
        bench.expect(seen[0] != seen[2], f"{program}: the seed makes no difference: {seen[0]}")


def main():
    parts = {part.__name__: part for part in (circles, ends, waits, bounds, delays)}
    parser = argparse.ArgumentParser()
    for option in ("--unknot", "--library", "--show", "--programs"):
        parser.add_argument(option, required=True)
    parser.add_argument("part", choices=parts)
    options = parser.parse_args()
    with Bench(options) as bench:
        parts[options.part](bench)
    for problem in bench.problems:
        print(problem)
    return 1 if bench.problems else 0


if __name__ == "__main__":
    sys.exit(main())
