"""Holds `unknot confirm`, `reproduce` and the fixes to what they promise (README.md).

Usage: prove.py --build DIRECTORY [--unknot COMMAND] [--cc COMMAND] [--cxx COMMAND] [--jobs N] WHAT ...

  confirm    [--tries N] [--runs N] [--pause MS] [NAME...]
  reproduce  [--times N] [NAME...]
  inversions [--first SEED] [--count N] [--times N] [--every]
  lesson     [--times N]

Each prints a line for what is not as it must be, one for each program with its counts, and a summary
line; the status is 0 only if all is as it must be, and something was run at all.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "inversions"))
from confirming import run_confirm  # noqa: E402
from inversions import run_inversions  # noqa: E402
from lesson import run_lesson  # noqa: E402
from reproducing import run_reproduce  # noqa: E402


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected a number from 1")
    return number


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=Path)
    parser.add_argument("--unknot", type=Path)
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    parser.add_argument("--jobs", type=positive, default=2)
    words = parser.add_subparsers(dest="what", required=True)
    confirm = words.add_parser("confirm")
    confirm.add_argument("--tries", type=positive, default=20)
    confirm.add_argument("--runs", type=positive, default=10)
    confirm.add_argument("--pause", type=positive)
    confirm.add_argument("names", nargs="*")
    confirm.set_defaults(run=run_confirm)
    reproduce = words.add_parser("reproduce")
    reproduce.add_argument("--times", type=positive, default=100)
    reproduce.add_argument("names", nargs="*")
    reproduce.set_defaults(run=run_reproduce)
    inversions = words.add_parser("inversions")
    inversions.add_argument("--first", type=positive, default=1)
    inversions.add_argument("--count", type=positive, default=30)
    inversions.add_argument("--times", type=positive, default=20)
    inversions.add_argument("--every", action="store_true")
    inversions.set_defaults(run=run_inversions)
    lesson = words.add_parser("lesson")
    lesson.add_argument("--times", type=positive, default=200)
    lesson.set_defaults(run=run_lesson)
    options = parser.parse_args()
    options.unknot = options.unknot or options.build / "bin" / "unknot"
    options.compilers = {".c": options.cc, ".cpp": options.cxx}
    return options


def main():
    options = parse_arguments()
    return 1 if options.run(options) else 0


if __name__ == "__main__":
    sys.exit(main())
