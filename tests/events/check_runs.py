"""Runs a program several times under the library; each recording's events must make sense.

Usage: check_runs.py --library FILE --trace-text PROGRAM [--runs N] [--options TEXT] [--loses]
                     [--timed] [--killed-at BYTES] -- PROGRAM [ARGUMENT...]

{run} in an argument is the number of the run, from 1. With --loses some events must have been lost:
those before them make sense all the same. With --timed events have times. With --killed-at the program is killed when its recording
is that large.
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HEADER_LOST, LOST_EVENT = 72, 9


def lost_events(recording):
    with open(recording, "rb") as file:
        return struct.unpack_from("<16Q", file.read(4096), HEADER_LOST)[LOST_EVENT]


def play(options, run, folder):
    environment = dict(os.environ, LD_PRELOAD=options.library,
                       UNKNOT_OPTIONS=f"events=1:exit_report=0:record={folder}/%p.%x.rec"
                                      f":times={int(options.timed)}{options.options}")
    command = [argument.replace("{run}", str(run)) for argument in options.command]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        while options.killed_at and process.poll() is None:
            if sum(file.stat().st_size for file in Path(folder).iterdir()) >= options.killed_at:
                process.kill()
                break
        expected = -9 if options.killed_at else 0
        status = process.wait(100)
    return [] if status == expected else [f"ended with {status}"]


def problems_of(options, run, folder):
    problems = play(options, run, folder)
    recordings = list(Path(folder).iterdir())
    if not recordings:
        problems.append("nothing was recorded")
    for recording in recordings:
        done = subprocess.run([options.trace_text, "timed" if options.timed else "check",
                               recording], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=200)
        if done.returncode != 0:
            problems.append(done.stdout)
        if options.loses and not lost_events(recording):
            problems.append("no event was lost")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True, type=os.path.abspath)
    parser.add_argument("--trace-text", required=True, type=os.path.abspath)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--options", default="")
    parser.add_argument("--loses", action="store_true")
    parser.add_argument("--timed", action="store_true")
    parser.add_argument("--killed-at", type=int)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    for run in range(1, options.runs + 1):
        with tempfile.TemporaryDirectory(prefix="unknot-events-") as folder:
            problems = problems_of(options, run, folder)
        for problem in problems:
            print(f"run {run}: {problem}")
        if problems:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
