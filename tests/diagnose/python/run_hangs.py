"""Starts Python programs that hang, without the library, and asks `unknot diagnose` about them and
about their cores: each deadlock must be named with its threads, locks and Python lines.

Usage: run_hangs.py --unknot COMMAND --version 3.N
       run_hangs.py --list       the versions there are here
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HANGS = Path(__file__).with_name("hangs.py")
VERSIONS = [f"3.{minor}" for minor in range(8, 15)]
PATIENCE_S = 30

# The threads of each deadlock: name, what it holds, the marks of the lines where it took and wants.
EXPECTED = {
    "two_locks": [("first", "lock_A", "first holds lock_A", "first wants lock_B"),
                  ("second", "lock_B", "second holds lock_B", "second wants lock_A")],
    "recursive_locks": [("first", "left.lock", None, "wants account"),
                        ("second", "right.lock", None, "wants account")],
    "ring_of_three": [("first", "forks[0]", "holds fork", "wants fork"),
                      ("second", "forks[1]", "holds fork", "wants fork"),
                      ("third", "forks[2]", "holds fork", "wants fork")],
    "condition_and_lock": [("first", "condition._lock", "first holds condition",
                            "first wants lock_A"),
                           ("second", "lock_A", "second holds lock_A", "second wants condition")],
    "lock_twice": [("first", "lock_A", "again holds lock_A", "again wants lock_A")],
    "join_under_lock": [("main thread", "lock_A", "main holds lock_A",
                         "main wants the end of worker"),
                        ("worker", None, None, "worker wants lock_A")],
    "nobody_deadlocks": [],
}

# How many threads come to sleep: those of the deadlock, and the main one that joins them.
SLEEPING = {"join_under_lock": 2, "nobody_deadlocks": 3}


def find_python(version):
    """The interpreter of that version, or None; one that does not start is none."""
    directories = ["/usr/bin", *os.environ.get("UNKNOT_TEST_PYTHONS", "").split(":"),
                   *os.environ.get("PATH", "").split(":")]
    for directory in filter(None, directories):
        path = shutil.which("python" + version, path=directory)
        if path is None:
            continue
        ask = subprocess.run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                             capture_output=True, text=True, check=False)
        if ask.stdout.strip() == version:
            return path
    return None


def line_of(mark):
    lines = HANGS.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith("# " + mark))


def sleeping(pid, count):
    """Whether so many threads sleep in a futex (202)."""
    calls = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            calls.append((task / "syscall").read_text().split()[0])
        except OSError:
            return False
    return calls.count("202") == count


def wait_until_it_hangs(process, count):
    end = time.monotonic() + PATIENCE_S
    steady = 0
    while steady < 5:
        if time.monotonic() > end or process.poll() is not None:
            raise AssertionError("the program never came to hang")
        steady = steady + 1 if sleeping(process.pid, count) else 0
        time.sleep(0.02)


def diagnose(unknot, target):
    done = subprocess.run([unknot, "diagnose", "--format=json", str(target)], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE_S, check=False)
    if done.stderr:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def top_line(stack):
    """The line of hangs.py nearest to the lock."""
    lines = [frame["line"] for frame in stack if frame.get("file", "").endswith("hangs.py")]
    return lines[0] if lines else None


def check_step(step, expected):
    name, holds, took, wants = expected
    problems = []
    if name not in step["thread"]:
        problems.append(f"thread {step['thread']} instead of {name}")
    if holds is not None and holds not in step["holds"]:
        problems.append(f"{name} holds {step['holds']} instead of {holds}")
    if took is not None and top_line(step["hold_stack"]) != line_of(took):
        problems.append(f"{name} took it at line {top_line(step['hold_stack'])}, not at '{took}'")
    if top_line(step["request_stack"]) != line_of(wants):
        problems.append(f"{name} stands at line {top_line(step['request_stack'])}, not at '{wants}'")
    return problems


def check(document, expected):
    findings = document["findings"]
    if len(findings) != (1 if expected else 0):
        return [f"{len(findings)} findings: {[finding['title'] for finding in findings]}"]
    if not expected:
        return []
    steps = {next((e[0] for e in expected if e[0] in step["thread"]), None): step
             for step in findings[0]["steps"]}
    if len(steps) != len(expected) or None in steps:
        return [f"threads {[step['thread'] for step in findings[0]['steps']]}"]
    problems = []
    if findings[0]["confidence"] != "happened":
        problems.append(f"confidence {findings[0]['confidence']}")
    for step in expected:
        problems += check_step(steps[step[0]], step)
    return problems


def core_of(process):
    done = subprocess.run(["gcore", "-o", "core", str(process.pid)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    path = Path(f"core.{process.pid}")
    if not path.exists():
        raise AssertionError("gcore made no core: " + done.stdout + done.stderr)
    return path


def run_case(unknot, python, case):
    threads = SLEEPING.get(case, 1 + len(EXPECTED[case]))
    process = subprocess.Popen([python, "-B", str(HANGS), case])
    try:
        wait_until_it_hangs(process, threads)
        problems = ["process: " + problem
                    for problem in check(diagnose(unknot, process.pid), EXPECTED[case])]
        core = core_of(process)
        problems += ["core: " + problem
                     for problem in check(diagnose(unknot, core), EXPECTED[case])]
        core.unlink()
        return problems
    finally:
        process.kill()
        process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot")
    parser.add_argument("--version")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        print(*filter(find_python, VERSIONS))
        return 0
    python = find_python(options.version)
    unknot = os.path.abspath(options.unknot)
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for case in EXPECTED:
            problems = run_case(unknot, python, case)
            print(f"{python} {case}: {'; '.join(problems) or 'right'}")
            failed |= bool(problems)
        os.chdir("/")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
