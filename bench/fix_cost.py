#!/usr/bin/python3
"""Compare what a fix is predicted to cost with what it costs.

    bench/fix_cost.py                    threads that mostly work in a lock of their own: the locks
                                         made one, and a lock around each section
    bench/fix_cost.py --build build/dev  another build
    bench/fix_cost.py --turns            work that needs a processor: only on an idle machine

The program is recorded with the times of its events, and the predictions for its finding are those
of the report's simulation. Then it runs bare, as it is and with each fix in its source, in turn, so
that a busy machine slows all alike; work is sleep, which others disturb little. Times are medians;
the spread is that of the middle half of the ratios of neighbouring runs. The last column is by how
much the larger cost exceeds the smaller one: 2 is what it may be.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Threads, rounds, work inside a section and outside: thousands of turns, or microseconds of sleep.
RUNS = {True: [(2, 1000, 200, 40), (2, 1000, 100, 100)],
        False: [(2, 400, 300, 50), (4, 300, 300, 300), (8, 150, 200, 800)]}
VARIANTS = {"recursive-lock": "fix_cost_merged", "gate-lock": "fix_cost_gated"}
MOST = 2.0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release",
                        help="build folder (default: build/release)")
    parser.add_argument("--rounds", type=int, default=15, help="bare runs of each (default: 15)")
    parser.add_argument("--recordings", type=int, default=3, help="predictions (default: 3)")
    parser.add_argument("--turns", action="store_true", help="work that needs a processor")
    arguments = parser.parse_args()
    if not (arguments.build / "bench" / "fix_cost_told").exists():
        parser.error(f"{arguments.build}/bench/fix_cost_told is missing: build it first")
    return arguments


def run(program, values, environment=None):
    done = subprocess.run([program, *values], env=environment, stdout=subprocess.PIPE, text=True,
                          check=True, timeout=120)
    return int(done.stdout)


def predict(build, values, recording):
    """Kind of fix -> its cost in percent, and the processors that were simulated."""
    environment = dict(os.environ, LD_PRELOAD=str(build / "lib" / "libunknot.so"),
                       UNKNOT_OPTIONS=f"times=1:exit_report=0:record={recording}")
    run(build / "bench" / "fix_cost", values, environment)
    told = subprocess.run([build / "bench" / "fix_cost_told", recording], stdout=subprocess.PIPE,
                          text=True, check=True, timeout=120)
    costs = {}
    for line in told.stdout.splitlines():
        kind, cost, processors, before, after, *_ = line.split()
        costs[kind] = float(cost)
        if int(before) == 0 or int(after) != 0:
            raise RuntimeError(f"{line}: it should be stuck before, and not with the fix")
    return costs, processors


def measure(build, values, rounds):
    """Kind of fix -> its costs in percent, one for each round."""
    costs = {kind: [] for kind in VARIANTS}
    for _ in range(rounds):
        bare = run(build / "bench" / "fix_cost", values)
        for kind, program in VARIANTS.items():
            costs[kind].append((run(build / "bench" / program, values) / bare - 1) * 100)
    return costs


def compare(arguments, amounts):
    build = arguments.build.resolve()
    values = [*map(str, amounts)] + ([] if arguments.turns else ["sleep"])
    predictions = []
    with tempfile.TemporaryDirectory(prefix="unknot-cost-") as folder:
        for i in range(arguments.recordings):
            costs, processors = predict(build, values, f"{folder}/{i}.rec")
            predictions.append(costs)
    measured = measure(build, values, arguments.rounds)
    worst = 1
    for kind in VARIANTS:
        predicted = statistics.median(costs[kind] for costs in predictions)
        median = statistics.median(measured[kind])
        low, _, high = statistics.quantiles(measured[kind], n=4)
        least, most = sorted((predicted, median))
        factor = most / least if least > 0 else float("inf")
        worst = max(worst, factor)
        print(f"{' '.join(values):24} {kind:15} {predicted:+8.1f} %  {median:+8.1f} % "
              f"({low:+.0f} to {high:+.0f})  {processors:>2}  {factor:.2f}", flush=True)
    return worst


def main():
    arguments = parse_arguments()
    print(f"{'threads rounds in out':24} {'fix':15} {'predicted':>10}  measured      processors  factor")
    worst = max(compare(arguments, amounts) for amounts in RUNS[arguments.turns])
    return 0 if worst <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
