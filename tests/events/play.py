"""Plays scenes under the library and compares what was recorded with what they do.

Usage: play.py --library FILE --scenes PROGRAM --trace-text PROGRAM [--timed] [--regenerate]
               [NAME...]

With --timed events have their times, and the traces are the same.
What is expected of scene NAME is in expected/NAME.txt: the trace of its recording, and of those of
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

EXPECTED = Path(__file__).resolve().parent / "expected"


def traces_of(options, name, folder):
    environment = dict(os.environ, LD_PRELOAD=options.library,
                       UNKNOT_OPTIONS=f"events=1:exit_report=0:record={folder}/%p.%x.rec"
                                      f":times={int(options.timed)}")
    run = subprocess.run([options.scenes, name], env=environment, timeout=60)
    if run.returncode not in (0, -9):
        raise RuntimeError(f"ended with {run.returncode}")
    traces = []
    for recording in sorted(Path(folder).iterdir(), key=lambda file: int(file.name.split(".")[0])):
        shown = subprocess.run([options.trace_text, "show", recording], stdout=subprocess.PIPE,
                               text=True, timeout=60, check=True)
        checked = subprocess.run([options.trace_text, "timed" if options.timed else "check",
                                  recording], stdout=subprocess.PIPE,
                                 text=True, timeout=60)
        traces.append(shown.stdout + (checked.stdout if checked.returncode else ""))
    return "\n".join(traces)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True, type=os.path.abspath)
    parser.add_argument("--scenes", required=True, type=os.path.abspath)
    parser.add_argument("--trace-text", required=True, type=os.path.abspath)
    parser.add_argument("--timed", action="store_true")
    parser.add_argument("--regenerate", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    failed = False
    for name in options.names or sorted(file.stem for file in EXPECTED.glob("*.txt")):
        with tempfile.TemporaryDirectory(prefix="unknot-events-") as folder:
            actual = traces_of(options, name, folder)
        file = EXPECTED / f"{name}.txt"
        if options.regenerate:
            file.write_text(actual)
        elif actual != file.read_text():
            failed = True
            print(f"{name}: expected\n{file.read_text()}but recorded was\n{actual}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
