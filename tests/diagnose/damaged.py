"""Cores that are cut short or scribbled over: read within bounds, never a crash. Run on the command
built with a sanitizer, too (ctest --preset sanitize)."""

import pathlib
import random
import subprocess
import sys

from diagnosed import PATIENCE_S, PROGRAMS, UNKNOT, Hung, expect, main

SEED = 4
ROUNDS = 24


def _core():
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        return bytearray(pathlib.Path(hung.core()).read_bytes())


def _examine(data, what):
    """It ends by itself, with one of its statuses, and says something."""
    path = pathlib.Path("damaged")
    path.write_bytes(data)
    for options in ([], ["--format=json", "--stacks=all"]):
        done = subprocess.run([UNKNOT, "diagnose", *options, str(path)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S)
        expect(done.returncode in (0, 1, 2), f"{what}: status {done.returncode}",
               done.stderr.decode(errors="replace")[-4000:])
        expect(b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, what,
               done.stderr.decode(errors="replace")[-4000:])


def _notes(core):
    """Where the notes lie: their offset and size."""
    table, count = int.from_bytes(core[32:40], "little"), int.from_bytes(core[56:58], "little")
    for index in range(count):
        header = core[table + 56 * index:table + 56 * (index + 1)]
        if int.from_bytes(header[0:4], "little") == 4:
            return int.from_bytes(header[8:16], "little"), int.from_bytes(header[32:40], "little")
    raise AssertionError("a core without notes")


def cores_cut_short():
    core = _core()
    chance = random.Random(SEED)
    ends = [0, 1, 16, 63, 64, 65, 120, 500, *(chance.randrange(len(core)) for _ in range(20))]
    for end in ends:
        _examine(core[:end], f"cut at {end}")


def headers_scribbled_over():
    core = _core()
    chance = random.Random(SEED)
    table, count = int.from_bytes(core[32:40], "little"), int.from_bytes(core[56:58], "little")
    for turn in range(ROUNDS):
        damaged = bytearray(core)
        for _ in range(1 + turn % 8):
            place = (chance.randrange(16, 64) if chance.random() < 0.2
                     else table + chance.randrange(56 * count))
            damaged[place] = chance.choice((0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
        _examine(damaged, f"headers, turn {turn}")


def notes_scribbled_over():
    core = _core()
    chance = random.Random(SEED)
    offset, size = _notes(core)
    for turn in range(ROUNDS):
        damaged = bytearray(core)
        for _ in range(1 + 4 * (turn % 16)):
            place = offset + chance.randrange(size)
            damaged[place] = chance.choice((0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
        _examine(damaged, f"notes, turn {turn}")


def memory_scribbled_over():
    core = _core()
    chance = random.Random(SEED)
    for turn in range(ROUNDS // 2):
        damaged = bytearray(core)
        for _ in range(len(core) // 500):
            damaged[chance.randrange(4096, len(core))] = chance.randrange(256)
        _examine(damaged, f"memory, turn {turn}")


def noise():
    chance = random.Random(SEED)
    core = _core()
    for turn in range(ROUNDS // 2):
        _examine(core[:64] + chance.randbytes(chance.randrange(20000)), f"noise, turn {turn}")


if __name__ == "__main__":
    main(sys.modules[__name__])
