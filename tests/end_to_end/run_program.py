"""Runs one program under `unknot run` and holds the report against its header comment.

Usage: run_program.py --unknot COMMAND --source FILE --program EXECUTABLE [ARGUMENT...]

The arguments are those an interpreter needs; the header comment's own follow them.
"""

import argparse
import sys

import expectation as expectations
from judge import judge
from session import HANG_SECONDS, NoReport, Session

STATUS_DEADLOCK = 66
STATUS_KILLED = 128 + 9


def check_hanging(session, program, args, expectation):
    """A program that usually hangs: ended for it, and says so, or it came through."""
    result, report = session.run_watched_json(program, args, [f"--timeout={HANG_SECONDS}"])
    problems = []
    if result.returncode not in (0, STATUS_DEADLOCK):
        problems.append(f"exit status {result.returncode}")
    kind = "deadlock" if result.returncode == STATUS_DEADLOCK else "lock-order-cycle"
    return problems + judge(report, expectation, kind=kind)


def check_ending(session, program, args, expectation):
    status, bare = session.run_bare(program, args)
    result, report = session.run_watched_json(program, args)
    problems = []
    if result.returncode != status:
        problems.append(f"exit status {result.returncode}, without us {status}: {result.stderr}")
    if sorted(result.stdout.splitlines()) != sorted(bare.stdout.splitlines()):
        problems.append(f"output {result.stdout!r}, without us {bare.stdout!r}")
    return problems + judge(report, expectation, complete=status != STATUS_KILLED)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--program", required=True, nargs="+")
    options = parser.parse_args()
    with open(options.source, encoding="utf-8") as file:
        expectation = expectations.parse(file.read())
    check = check_hanging if expectation.hangs else check_ending
    program, *args = options.program + expectation.args
    with Session(options.unknot) as session:
        try:
            problems = check(session, program, args, expectation)
        except NoReport as error:
            problems = [str(error)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
