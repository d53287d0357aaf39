"""Runs every program of tests/live many times and says which ones were not right each time.

Usage: repeat.py --build DIRECTORY [--times N] [--jobs N] [--load] [--not-yet] [NAME...]

One line for each failing program: how often, and the first problem. --load keeps each processor
busy meanwhile with two threads that only count. Programs listed in not_yet.txt run only with
--not-yet (alone: to see which of them are right by now).
"""

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bare import sources_in
from run_live import check

HERE = Path(__file__).parent
LEVELS = ("O0", "O2")


def not_yet():
    lines = (HERE / "not_yet.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def cases(options):
    """(name, source, program, kind) of all that is to be run."""
    late = not_yet()
    for folder, kinds in (("hangs", ("hang", "twin")), ("silent", ("silent",))):
        for source in sources_in(HERE / folder, options.names):
            programs = [options.build / "bin/tests/live" / level / source.stem for level in LEVELS]
            for program in [None] if source.suffix == ".py" else programs:
                level = "" if program is None else f".{program.parent.name}"
                for kind in kinds:
                    is_late = kind == "hang" and source.stem in late
                    if is_late == options.not_yet:
                        yield f"{kind}/{source.stem}{level}", source, program, kind


def count_up():
    number = 0
    while True:
        number += 1


def start_load():
    """Ends with this process."""
    for _ in range(2 * (os.cpu_count() or 1)):
        multiprocessing.Process(target=count_up, daemon=True).start()


def run_case(unknot, times, case):
    """How often it failed, and the problems of the first time."""
    name, source, program, kind = case
    failures, first = 0, []
    for _ in range(times):
        problems = check(unknot, source.absolute(), program, kind)
        if problems:
            failures += 1
            first = first or problems
    return name, failures, first


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--not-yet", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    unknot = options.build / "bin" / "unknot"
    if options.load:
        start_load()
    everything, begun, failed = list(cases(options)), time.monotonic(), 0
    with ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(run_case, unknot, options.times, case) for case in everything]
        for run in runs:
            name, failures, first = run.result()
            if failures:
                failed += 1
                print(f"{name}: {failures} of {options.times}: {'; '.join(first)}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{failed} of {len(everything)} cases failed, {options.times} times each, {seconds:.0f} s")
    return 1 if failed or not everything else 0


if __name__ == "__main__":
    sys.exit(main())
