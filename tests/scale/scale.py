#!/usr/bin/python3
"""What the library keeps for many locks, threads and chains.

    tests/scale/scale.py --program build/release/tests/scale/scale --library build/release/lib/libunknot.so
                                        the full sizes: 1,000,000 locks, 10,000 threads...
    tests/scale/scale.py ... --short    sizes for a test run

Each scene runs bare and watched, without events unless UNKNOT_OPTIONS says otherwise. Memory is what the watched process has resident beyond the bare
one, with the pages of the recording; it is judged. CPU times are printed for a person to judge: no test
asserts a time. The status is 1 if a bound on memory or the recording is broken.
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

MIB = 1 << 20
# Scene: full size, short size.
SIZES = {"live": (1_000_000, 50_000), "threads": (10_000, 1_000), "chains": (100_000, 10_000),
         "alone": (10_000_000, 100_000), "inner": (10_000_000, 50_000),
         "outer": (10_000_000, 50_000), "middle": (10_000_000, 50_000)}
# Scene: the most bytes for each thing; for locks that pass, of growth after the first tenth.
LIMITS = {"live": 128, "threads": 64 * 1024, "chains": 512}
GROWTH_LIMIT = MIB
PASSING_RECORDING_LIMIT = MIB
OFFSET_OF_LOST, LOST_COUNT = 72, 16  # in struct trace_header


def run(command, folder, library=None):
    environment = dict(os.environ)
    environment.pop("LD_PRELOAD", None)
    if library:
        environment["LD_PRELOAD"] = str(library)
        environment.setdefault("UNKNOT_OPTIONS", "events=0")  # they grow with what is done
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0].name} {command[1]}: status {done.returncode}: {done.stderr}")
    return {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}


def recording_of(folder):
    """Bytes handed out, and what was lost."""
    (path,) = (folder / "unknot.data").iterdir()
    header = path.read_bytes()[:4096]
    lost = struct.unpack_from(f"<{LOST_COUNT}Q", header, OFFSET_OF_LOST)
    (used,) = struct.unpack_from("<Q", header, OFFSET_OF_LOST - 8)
    return used, sum(lost)


def judge(scene, bare, watched, used, lost):
    """What is wrong, in words."""
    wrong = []
    if lost:
        wrong.append(f"{lost} records lost")
    if scene in LIMITS:
        extra = watched["bytes_each"] - bare["bytes_each"]
        print(f"  {extra:.0f} bytes each (limit {LIMITS[scene]})")
        if extra > LIMITS[scene]:
            wrong.append(f"{extra:.0f} bytes each")
        return wrong
    grown = watched["bytes_grown"] - bare["bytes_grown"]
    print(f"  {grown:.0f} bytes grown after the first tenth")
    if grown > GROWTH_LIMIT:
        wrong.append(f"memory grew by {grown:.0f} bytes")
    if used > PASSING_RECORDING_LIMIT:
        wrong.append(f"the recording has {used} bytes")
    return wrong


def run_scene(scene, size, program, library):
    with tempfile.TemporaryDirectory(prefix="unknot-scale-") as name:
        folder = Path(name)
        command = [program, scene, str(size)]
        bare = run(command, folder)
        watched = run(command, folder, library)
        used, lost = recording_of(folder)
    print(f"{scene} {size:,}: recording {used:,} bytes")
    for key in watched:
        if key.startswith("ns"):
            print(f"  {key}: bare {bare[key]:.0f}, watched {watched[key]:.0f}")
    return [f"{scene}: {what}" for what in judge(scene, bare, watched, used, lost)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--scene", choices=SIZES, action="append")
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    wrong = []
    for scene in arguments.scene or SIZES:
        wrong += run_scene(scene, SIZES[scene][arguments.short], arguments.program.resolve(),
                           arguments.library.resolve())
        sys.stdout.flush()
    for what in wrong:
        print(f"too much: {what}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
