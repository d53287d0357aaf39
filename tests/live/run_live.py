"""Runs one program of tests/live under the library and judges what is said of it.

Usage: run_live.py --unknot COMMAND --source FILE [--program EXECUTABLE]
                   --as hang|twin|silent|preloaded [--library FILE] [--not-yet REASON]

hang: reported, and ended with status 66. twin, silent: ends as without us, nothing is reported.
preloaded: reported on stderr by the library alone, and still there. A program that hangs on is
killed with all that it started, and has failed.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from bare import begin, end_group
from stuck_expectation import parse
from stuck_judge import judge_hangs, judge_silence

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from session import NoReport, Session

SKIPPED = 77
STATUS_DEADLOCK = 66
STATUS_TERMINATED = 128 + 15
HANG_SECONDS = 20  # until unknot ends a program in which nothing was reported
CONTINUE_SECONDS = 8  # the same for one that is to go on hanging
PRELOADED_SECONDS = 20


class LiveSession(Session):
    """Leaves no process behind: some programs hang in more than one."""

    def execute(self, command):
        process = subprocess.Popen(
            command,
            cwd=self.directory.name,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "UNKNOT_OPTIONS")},
        )
        try:
            # Not until the pipes close: a process that is left behind keeps them open.
            process.wait(timeout=4 * HANG_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        end_group(process)
        output, errors = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, output, errors)


def check_hang(session, command, expectation, unused):
    goes_on = not expectation.ends_the_program
    options = [f"--timeout={CONTINUE_SECONDS if goes_on else HANG_SECONDS}"]
    if expectation.policy != "exit":
        options.append(f"--on-deadlock={expectation.policy}")
    result, report = session.run_watched_json(command[0], command[1:], options)
    problems = judge_hangs(report, expectation.hangs)
    status = STATUS_TERMINATED if goes_on else STATUS_DEADLOCK
    if result.returncode != status:
        problems.append(f"exit status {result.returncode}, not {status}: {result.stderr.strip()}")
    # What goes on hanging is told at once, not only by a report that may never come.
    at_once = result.stderr.count("unknot: probably a deadlock")
    suspected = sum(not hang.is_certain for hang in expectation.hangs)
    if at_once != suspected:
        problems.append(f"{at_once} suspected deadlocks are told at once, not {suspected}")
    return problems


def check_silent(session, command, unused_expectation, unused):
    status, bare = session.run_bare(command[0], command[1:])
    result, report = session.run_watched_json(
        command[0], command[1:], [f"--timeout={2 * HANG_SECONDS}"]
    )
    problems = judge_silence(report)
    if (result.returncode, result.stdout) != (status, bare.stdout) or status != 0:
        problems.append(f"status {result.returncode}, without us {status}: {result.stderr.strip()}")
        problems.append(f"output {result.stdout!r}, without us {bare.stdout!r}")
    return problems


def check_preloaded(session, command, expectation, library):
    """The library says it on stderr while the program hangs on."""
    record = session.path("%p.rec")
    environment = {"LD_PRELOAD": os.path.abspath(library), "UNKNOT_OPTIONS": f"record={record}"}
    path = session.path("errors")
    with open(path, "w", encoding="utf-8") as errors:
        process = begin(command, environment, errors)
    end = time.monotonic() + PRELOADED_SECONDS
    text = ""
    while "deadlock" not in text and time.monotonic() < end and process.poll() is None:
        time.sleep(0.05)
        text = Path(path).read_text(encoding="utf-8")
    time.sleep(0.5)
    status = process.poll()
    end_group(process)
    process.communicate()
    problems = [] if status is None else [f"it did not go on: status {status}"]
    if expectation.hangs and "deadlock" not in text:
        problems.append(f"stderr does not tell of it: {text!r}")
    return problems


CHECKS = {
    "hang": check_hang,
    "twin": check_silent,
    "silent": check_silent,
    "preloaded": check_preloaded,
}


def check(unknot, source, program, kind, library=None):
    """The problems of one program, run once."""
    expectation = parse(source.read_text(encoding="utf-8"))
    command = ["/usr/bin/python3", str(source)] if program is None else [str(program.absolute())]
    if kind == "twin":
        command.append("fixed")
    with LiveSession(unknot) as session:
        try:
            return CHECKS[kind](session, command, expectation, library)
        except NoReport as error:
            return [str(error)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--source", required=True, type=Path)
    parser.add_argument("--program", type=Path)
    parser.add_argument("--as", required=True, choices=CHECKS, dest="kind")
    parser.add_argument("--library")
    parser.add_argument("--not-yet")
    options = parser.parse_args()
    if options.not_yet:
        print(f"not yet: {options.not_yet}")
        return SKIPPED
    problems = check(
        options.unknot, options.source.absolute(), options.program, options.kind, options.library
    )
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
