"""Holds the programs against what they claim, without the library: they hang, their twins do not.

Usage: bare.py --programs DIRECTORY --sources DIRECTORY [--seconds N] [NAME...]

A hang is a program that still runs after N seconds and is then killed; each in a process group of
its own, so that no part of it stays behind.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TWIN_SECONDS = 60
AT_ONCE = 12


def command_of(source, programs):
    """How a program is run: Python sources by Debian's interpreter, others as they were built."""
    if source.suffix == ".py":
        return ["/usr/bin/python3", str(source)]
    return [str(programs / source.stem)]


def sources_in(directory, names):
    found = sorted(p for p in directory.iterdir() if p.suffix in (".c", ".cpp", ".py"))
    return [path for path in found if not names or path.stem in names]


def begin(command, preload=(), errors=subprocess.STDOUT):
    """Starts the program, with `preload` in its environment, in a process group of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "UNKNOT_OPTIONS")}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        start_new_session=True,
        env={**environment, **dict(preload)},
    )


def end_group(process):
    """Ends the process and all that it started; its leader may have ended already."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def hang_problems(sources, programs, seconds):
    problems = []
    for first in range(0, len(sources), AT_ONCE):
        running = [(p, begin(command_of(p, programs))) for p in sources[first : first + AT_ONCE]]
        time.sleep(seconds)
        for source, process in running:
            status = process.poll()
            end_group(process)
            output = process.communicate()[0]
            if status is not None:
                problems.append(f"{source.stem} does not hang: status {status}, {output!r}")
    return problems


def twin_problems(sources, programs, arguments):
    problems = []
    for source in sources:
        process = begin(command_of(source, programs) + arguments)
        try:
            output = process.communicate(timeout=TWIN_SECONDS)[0]
            if process.returncode != 0 or not output.endswith("done\n"):
                problems.append(f"{source.stem}: status {process.returncode}, {output!r}")
        except subprocess.TimeoutExpired:
            problems.append(f"{source.stem} {' '.join(arguments)} hangs")
        end_group(process)
        process.communicate()
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, type=Path)
    parser.add_argument("--sources", required=True, type=Path)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    hangs = sources_in(options.sources / "hangs", options.names)
    silent = sources_in(options.sources / "silent", options.names)
    problems = hang_problems(hangs, options.programs, options.seconds)
    problems += twin_problems(hangs, options.programs, ["fixed"])
    problems += twin_problems(silent, options.programs, [])
    for problem in problems:
        print(problem)
    print(f"{len(hangs)} hangs with their twins, {len(silent)} that only look like one")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
