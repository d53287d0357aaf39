#!/usr/bin/python3
"""How long after the last thread blocked a deadlocked program is at its end, in milliseconds.

    bench/deadlock_delay.py                  build/release
    bench/deadlock_delay.py --build build/dev --rounds 50 mutex_pair

Runs programs of tests/live/hangs under the library alone with on_deadlock=exit. When the last thread
blocked is read from the DEADLOCK record; its clock has steps of some 4 ms, and the end is when
this script learns of it. Limit 100 ms. A run that is not ended with status 66 is an error.
"""

import argparse
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ["mutex_pair", "philosophers", "ring_of_64", "pair_in_a_thousand"]
STATUS_DEADLOCK = 66
# As in trace/format.h.
HEADER_BYTES, CHUNK_RECORDS, RECORD_DEADLOCK = 4096, 1, 14
CHUNK = struct.Struct("<4sIQI12x")
RECORD = struct.Struct("<HHI")
DEADLOCK = struct.Struct("<HHIIIIIQ")
THREAD = struct.Struct("<IHHIIQQQIIII")


def records(content):
    """Each one's kind and bytes."""
    at = HEADER_BYTES
    while at + CHUNK.size <= len(content):
        _, kind, chunk_bytes, _ = CHUNK.unpack_from(content, at)
        end, record = at + chunk_bytes, at + CHUNK.size
        while kind == CHUNK_RECORDS and record + RECORD.size <= end:
            number, _, record_bytes = RECORD.unpack_from(content, record)
            if not record_bytes:
                break
            yield number, content[record : record + record_bytes]
            record += record_bytes
        at = end if chunk_bytes else at + HEADER_BYTES


def last_block_ns(recording):
    for kind, record in records(recording.read_bytes()):
        if kind == RECORD_DEADLOCK:
            set_count = DEADLOCK.unpack_from(record)[5]
            threads = [THREAD.unpack_from(record, DEADLOCK.size + i * THREAD.size)
                       for i in range(set_count)]
            return max(thread[7] for thread in threads)
    sys.exit(f"deadlock_delay.py: no deadlock in {recording}")


def delay_ms(program, library):
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "recording"
        environment = dict(os.environ, LD_PRELOAD=str(library),
                           UNKNOT_OPTIONS=f"record={recording}:exit_report=0:on_deadlock=exit")
        process = subprocess.run([program], env=environment, timeout=60, check=False,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        end_ns = time.monotonic_ns()
        if process.returncode != STATUS_DEADLOCK:
            sys.exit(f"deadlock_delay.py: {program} ended with {process.returncode}")
        return (end_ns - last_block_ns(recording)) / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("programs", nargs="*", default=PROGRAMS)
    options = parser.parse_args()
    print("ms from the last block to the end of the program")
    for name in options.programs:
        program = (options.build / "bin/tests/live/O2" / name).absolute()
        library = (options.build / "lib/libunknot.so").absolute()
        delays = [delay_ms(program, library) for _ in range(options.rounds)]
        print(f"{name:24} median {statistics.median(delays):6.1f}  longest {max(delays):6.1f}")


if __name__ == "__main__":
    main()
