#!/usr/bin/env python3
"""SIGKILL at random moments leaves readable recordings that hold all that happened before.

    kill_at_random.py --shim LIB --unknot COMMAND --program never_ends [--count N] [--seed N]

Starts the program under the shim and kills it at a moment drawn from its first milliseconds, until
there are N recordings. `unknot report` must read each, and it must hold every pair of locks that
the program told of. A program killed before the shim could write the header leaves no file, or
an empty one, which the report says; those are counted apart and do not count as recordings.
"""

import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

REQUESTS = re.compile(r"(\d+) requests? while holding another")
LATEST_SECONDS = 0.06


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", type=pathlib.Path, required=True, help="libunknot.so")
    parser.add_argument("--unknot", type=pathlib.Path, required=True, help="the unknot command")
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=100, help="recordings (default: 100)")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    return parser.parse_args()


def kill_one(program, environment, seconds):
    """Runs the program for that long; how many pairs it told of."""
    process = subprocess.Popen([program], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE)
    time.sleep(seconds)
    process.kill()
    told, _ = process.communicate()
    return len(told)


def fault_of(unknot, recording, told):
    """Says what is wrong with a recording whose program told of so many pairs, or nothing."""
    done = subprocess.run([unknot, "report", "--search-limit=1000", recording],
                          capture_output=True, text=True, check=False)
    summary = REQUESTS.search(done.stdout)
    if done.returncode not in (0, 1) or done.stderr or not summary:
        return f"unknot report: exit {done.returncode}: {done.stderr}{done.stdout}"
    if int(summary[1]) < told:
        return f"{told} pairs were locked, {summary[1]} recorded"
    return None


def attempt(arguments, environment, folder):
    """Kills one program, most often soon after its start; what is wrong, and its pairs or None if
    it left no recording."""
    environment["UNKNOT_OPTIONS"] = f"record={folder}/%n.%p.%x.rec"
    told = kill_one(arguments.program, environment, LATEST_SECONDS * random.random() ** 3)
    for recording in folder.iterdir():
        fault = fault_of(arguments.unknot, recording, told)
        recording.unlink()
        if fault is None or told or "the file is empty" not in fault:
            return fault, told
    return (f"{told} pairs were locked and no recording left" if told else None), None


def main():
    arguments = parse_arguments()
    random.seed(arguments.seed)
    environment = {**os.environ, "LD_PRELOAD": str(arguments.shim.resolve())}
    fault, early, pairs = None, 0, []
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        while len(pairs) < arguments.count and not fault:
            fault, told = attempt(arguments, environment, pathlib.Path(folder))
            if told is None:
                early += 1
            else:
                pairs.append(told)
    print(f"seed {arguments.seed}: {len(pairs)} recordings, {sum(1 for told in pairs if told)} "
          f"after the first pair, {max(pairs, default=0)} pairs at most; {early} killed before "
          "there was one")
    if fault:
        print(fault)
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
