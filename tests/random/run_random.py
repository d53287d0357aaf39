"""Runs a random program under `unknot run` with one seed after the other; none may give a finding.

Usage: run_random.py --unknot COMMAND --program EXECUTABLE [--seconds N] [--seed FIRST] [--rounds N]

Says the seed of the first run that hangs, fails or has a finding; it gives the same calls again.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from judge import describe
from session import NoReport, Session


def problems_of(session, program, seed, rounds):
    try:
        result, report = session.run_watched_json(program, [str(seed), str(rounds)])
    except NoReport as error:
        return [str(error)]
    except subprocess.TimeoutExpired:
        return ["it hangs"]
    findings = [finding for finding in report["findings"] if finding["kind"] != "misuse"]
    problems = [f"false finding: {finding['kind']}: {describe(finding)}" for finding in findings]
    if result.returncode != 0 or result.stdout != "done\n":
        problems.append(f"exit status {result.returncode}: {result.stderr}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    seed, end = options.seed, time.monotonic() + options.seconds
    with Session(options.unknot) as session:
        while time.monotonic() < end or seed == options.seed:
            problems = problems_of(session, program, seed, options.rounds)
            for problem in problems:
                print(f"seed {seed}: {problem}")
            if problems:
                return 1
            seed += 1
    print(f"{seed - options.seed} runs of {options.rounds} rounds, no finding")
    return 0


if __name__ == "__main__":
    sys.exit(main())
