#!/usr/bin/python3
"""Compare the cost of a lock with and without the library, in one go.

    bench/run.py                         the lock patterns, contended locks, malloc and free, and
                                         start-up of /bin/true
    bench/run.py --options events=0      without events
    bench/run.py --pattern spinlock      one of them; none: neither patterns nor work
    bench/run.py --build build/release   another build
    bench/run.py --peers                 Helgrind and ThreadSanitizer too, where installed

Bare and watched runs alternate (A B A B ...), each a fraction of a second, so that a busy machine
slows both alike. The times are medians; the ratio is the median of the ratios of neighbouring
runs, and the spread is that of its middle half.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Pattern of lock_pairs -> the most that the library may cost without events, as a multiple of bare.
LIMITS = {"one": 1.35, "nested": 1.35, "random": 1.45, "nested-random": 1.45, "rwlock-read": 1.45,
          "rwlock-write": 1.45, "spinlock": 1.45, "c11": 1.45, "std-mutex": 1.45,
          "semaphore": 1.45}
# Name of a piece of work -> arguments of bench_work: threads, mutexes, nanoseconds in a section.
WORK = {f"contended {threads}/{mutexes}/{ns}": ("contended", str(threads), str(mutexes), str(ns))
        for threads in (2, 8) for mutexes in (1, 16) for ns in (0, 100, 1000)}
WORK["malloc"] = ("malloc",)
LIMITS.update({name: 1.03 if name == "malloc" else 1.05 for name in WORK})
LIMIT_WITH_EVENTS = 2.0
START_UP_LIMIT_MS = 3.0
SOFT_DESCRIPTORS = 1024  # as in a login shell: the library then keeps a descriptor above
ROOT = Path(__file__).resolve().parent.parent


class Failure(Exception):
    """Something the user can put right; the text says how."""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release",
                        help="build folder (default: build/release)")
    parser.add_argument("--library", type=Path, help="default: lib/libunknot.so in the build")
    parser.add_argument("--pattern", choices=[*LIMITS, "all", "none"], default="all")
    parser.add_argument("--rounds", type=int, default=61, help="runs of each kind (default: 61)")
    parser.add_argument("--batches", type=int, default=40, help="timed batches in each run")
    parser.add_argument("--pairs", type=int, default=20000, help="lock+unlock pairs in each batch")
    parser.add_argument("--start-ups", type=int, default=300, metavar="N",
                        help="starts of /bin/true of each kind; 0: skip")
    parser.add_argument("--options", default="", help="UNKNOT_OPTIONS for the watched runs")
    parser.add_argument("--peers", action="store_true",
                        help="also Helgrind and ThreadSanitizer (slow)")
    parser.add_argument("--quick", action="store_true",
                        help="tiny counts: does it run at all? The figures mean nothing")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.batches, arguments.pairs, arguments.start_ups = 1, 2, 200, 3
    return arguments


def existing(path, remedy):
    if not path.exists():
        raise Failure(f"{path} is missing: {remedy}")
    return path.resolve()


def watched_environment(library, options):
    environment = dict(os.environ, LD_PRELOAD=str(library))
    if options:
        environment["UNKNOT_OPTIONS"] = options
    return environment


def ns_per_pair(command, environment, scratch):
    """Runs one pattern; the only line of output ends with the nanoseconds."""
    done = subprocess.run(command, env=environment, cwd=scratch, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    words = done.stdout.split()
    if done.returncode != 0 or not words or "cannot be preloaded" in done.stderr:
        raise Failure(f"{' '.join(map(str, command))} ended with status {done.returncode}: "
                      f"{done.stdout}{done.stderr}")
    return float(words[-1])


def command_for(pattern, arguments):
    folder = arguments.build / "bench"
    if pattern in WORK:
        return [folder / "bench_work", *WORK[pattern]]
    return [folder / "lock_pairs", pattern, str(arguments.batches), str(arguments.pairs)]


def limit_of(pattern, arguments):
    has_events = pattern not in WORK and "events=0" not in arguments.options
    return LIMIT_WITH_EVENTS if has_events else LIMITS[pattern]


def measure_pattern(pattern, environments, arguments, scratch):
    """Nanoseconds per environment, one list each, taken in turn."""
    samples = {name: [] for name in environments}
    command = command_for(pattern, arguments)
    for _ in range(arguments.rounds):
        for name, environment in environments.items():
            samples[name].append(ns_per_pair(command, environment, scratch))
            clear(scratch)
    return samples


def clear(scratch):
    """Every watched run leaves a recording; the next must not find a fuller folder."""
    for entry in scratch.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def peer_commands(build):
    """Peer -> (command, pairs per batch it can bear)."""
    peers = {}
    tsan = build / "bench" / "lock_pairs_tsan"
    if tsan.exists():
        peers["tsan"] = ([tsan], 20000)
    else:
        print(f"no ThreadSanitizer figures: build them with 'ninja -C {build} lock_pairs_tsan'")
    if shutil.which("valgrind"):
        helgrind = ["valgrind", "-q", "--tool=helgrind", build / "bench" / "lock_pairs"]
        peers["helgrind"] = (helgrind, 1000)
    else:
        print("no Helgrind figures: install the package valgrind")
    return peers


def peer_figures(peers, pattern, scratch):
    figures = {}
    for name, (command, pairs) in peers.items():
        full = [*command, pattern, "20", str(pairs)]
        figures[name] = ns_per_pair(full, dict(os.environ), scratch)
    return figures


def run_patterns(library, arguments, scratch):
    environments = {"bare": dict(os.environ),
                    "unknot": watched_environment(library, arguments.options)}
    peers = peer_commands(arguments.build) if arguments.peers else {}
    patterns = LIMITS if arguments.pattern == "all" else [arguments.pattern]
    print(f"{'ns per lock+unlock':20}{'bare':>8}{'unknot':>8}{'ratio':>8}{'spread':>12}{'limit':>8}"
          + "".join(f"{name:>10}" for name in peers))
    for pattern in patterns:
        samples = measure_pattern(pattern, environments, arguments, scratch)
        bare, watched = samples["bare"], samples["unknot"]
        ratios = [b / a for a, b in zip(bare, watched)] * 2  # quantiles want two at least
        low, ratio, high = statistics.quantiles(ratios, n=4)
        spread = f"{low:.2f}-{high:.2f}"
        extra = {} if pattern in WORK else peer_figures(peers, pattern, scratch)
        print(f"{pattern:20}{statistics.median(bare):8.2f}{statistics.median(watched):8.2f}"
              f"{ratio:8.3f}{spread:>12}{limit_of(pattern, arguments):8.2f}" + "".join(f"{ns:10.0f}" for ns in extra.values()),
              flush=True)


def start_up_ms(program, environment):
    start = time.perf_counter()
    pid = os.posix_spawn(program, [program], environment)
    _, status = os.waitpid(pid, 0)
    elapsed = time.perf_counter() - start
    if status != 0:
        raise Failure(f"{program} ended with wait status {status}")
    return elapsed * 1000


def run_start_up(library, arguments, scratch):
    bare, watched = dict(os.environ), watched_environment(library, arguments.options)
    samples = ([], [])
    os.chdir(scratch)
    for _ in range(arguments.start_ups):
        samples[0].append(start_up_ms("/bin/true", bare))
        samples[1].append(start_up_ms("/bin/true", watched))
        clear(scratch)
    medians = [statistics.median(values) for values in samples]
    print(f"start-up of /bin/true: bare {medians[0]:.2f} ms, unknot {medians[1]:.2f} ms, "
          f"difference {medians[1] - medians[0]:+.2f} ms (limit +{START_UP_LIMIT_MS:.0f} ms)")


def main():
    arguments = parse_arguments()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY or hard > SOFT_DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT_DESCRIPTORS, hard))
    remedy = f"build it with 'ninja -C {arguments.build}'"
    for program in ("lock_pairs", "bench_work"):
        existing(arguments.build / "bench" / program, remedy)
    library = existing(arguments.library or arguments.build / "lib" / "libunknot.so", remedy)
    arguments.build = arguments.build.resolve()
    with tempfile.TemporaryDirectory(prefix="unknot-bench-") as folder:
        scratch = Path(folder)
        if arguments.pattern != "none":
            run_patterns(library, arguments, scratch)
        if arguments.start_ups > 0:
            run_start_up(library, arguments, scratch)
        os.chdir(ROOT)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"run.py: {failure}")
