#!/usr/bin/python3
"""The verdicts on traces of the shapes that published sets have (std_shapes.c).

    tests/scale/std_shapes.py --program build/release/tests/scale/std_shapes --unknot build/release/bin/unknot
                                        the full sizes: 15.9 million events
    tests/scale/std_shapes.py ... --short   a tenth of them, for a test run

The status is 1 if a verdict is wrong. How fast it is tells bench/schedule_speed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

# Shape: findings that are predicted, and that are only possible.
VERDICTS = {"told": (0, 1), "philosophers": (1, 0), "bank": (3, 0), "pools": (200, 0),
            "list": (1, 0), "crawler": (0, 0), "stack": (2, 0), "simulation": (0, 0),
            "rest": (0, 0)}
SMALL = ("told", "philosophers", "bank", "pools")  # of which a tenth would have other verdicts


def judge(arguments, shape, path):
    """What is wrong, or nothing."""
    percent = 10 if arguments.short and shape not in SMALL else 100
    with path.open("w") as out:
        subprocess.run([arguments.program, shape, str(percent)], stdout=out, check=True)
    done = subprocess.run([arguments.unknot, "report", "--input=std", "--format=json", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        return done.stderr
    words = [finding["confidence"] for finding in json.loads(done.stdout)["findings"]]
    got = words.count("predicted"), words.count("possible")
    print(f"{shape}: {got[0]} predicted, {got[1]} possible")
    if got != VERDICTS[shape] or sum(got) != len(words):
        return f"{VERDICTS[shape][0]} predicted and {VERDICTS[shape][1]} possible expected"
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=Path)
    parser.add_argument("--unknot", required=True, type=Path)
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    wrong = False
    with tempfile.TemporaryDirectory() as folder:
        for shape in VERDICTS:
            complaint = judge(arguments, shape, Path(folder) / "trace.std")
            if complaint:
                print(f"{shape}: wrong: {complaint}", file=sys.stderr)
                wrong = True
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
