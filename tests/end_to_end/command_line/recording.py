"""Builds recordings by hand (docs/recording.md), for tests that need no program and no library."""

import struct
import subprocess

PAGE = 4096
EXITED, RUNNING = 2, 1
PROCESS, MODULE, STACK, THREAD, THREAD_NAME, SEGMENT, LOCK, MARK, DEPENDENCY, NOTE = range(1, 11)
DEADLOCK = 14
CREATE, JOIN = 1, 2


def code(module, offset):
    return module << 48 | offset


def _chunk(kind, thread, body):
    size = -(-(32 + len(body)) // PAGE) * PAGE
    head = struct.pack("<IIQ4I", 0x4b4e4843, kind, size, thread, 0, 0, 0)
    return (head + body).ljust(size, b"\0")


class Recording:
    def __init__(self, pid=4242, state=EXITED, version=1, min_reader=1, lost=()):
        self.header = dict(pid=pid, state=state, version=version, min_reader=min_reader, lost=lost)
        self.records = b""
        self.live_chunks = []
        self.threads = self.locks = self.dependencies = 0

    def add(self, kind, body):
        body += b"\0" * (-len(body) % 8)
        self.records += struct.pack("<HHI", kind, 0, len(body) + 8) + body

    def process(self, executable, directory="/", arguments=("prog",)):
        parts = (executable, directory, *arguments)
        strings = b"".join((part if isinstance(part, bytes) else part.encode()) + b"\0"
                           for part in parts)
        self.add(PROCESS, struct.pack("<4I", self.header["pid"], 1, len(arguments), len(strings))
                 + strings)

    def module(self, number, path, build_id=b"", start=0x10000, end=0x900000):
        name = path.encode() + b"\0"
        self.add(MODULE, struct.pack("<II3Q32sI", number, len(build_id), start, end, start,
                                     build_id, len(name)) + name)

    def stack(self, number, frames, flags=0):
        self.add(STACK, struct.pack("<IHH", number, len(frames), flags)
                 + struct.pack("<%dQ" % len(frames), *frames))

    def thread(self, number, tid=None, parent=0, created=0, start=0, name=None, segment=0):
        self.threads += 1
        tid = self.header["pid"] + number - 1 if tid is None else tid
        self.add(THREAD, struct.pack("<6IQ", number, tid, parent, segment, created, 0, start))
        if name is not None:
            self.add(THREAD_NAME, struct.pack("<II16s", number, 0, name))

    def segment(self, thread, number, cause, other):
        self.add(SEGMENT, struct.pack("<4I", thread, number, cause, other))

    def lock(self, number, kind=1, flags=0, address=None, location=0, init=0, first=0,
             init_thread=1, first_thread=1):
        self.locks += 1
        address = 0x700000 + number * 64 if address is None else address
        self.add(LOCK, struct.pack("<IHHQQ6I", number, kind, flags, address, location, init, first,
                                   init_thread, first_thread, 0, 0))

    def dependency(self, thread, lock, held, stack=0, mode=0, segment=0):
        """held: (lock, stack) or (lock, stack, mode, count) in order of acquisition."""
        self.dependencies += 1
        entries = b"".join(struct.pack("<4I", *(tuple(h) + (0, 1)[len(h) - 2:])) for h in held)
        self.add(DEPENDENCY, struct.pack("<6IQ", thread, segment, lock, mode, stack, len(held), 1)
                 + entries)

    def note(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.add(NOTE, struct.pack("<I", len(data) + 1) + data + b"\0")

    def live(self, thread, held, wanted=0):
        """What the thread still held and waited for when the recording ended."""
        entries = b"".join(struct.pack("<Q6I", 0, lock, 0, 0, 0, 1, 0) for lock in held)
        self.live_chunks.append(_chunk(4, thread, struct.pack(
            "<3I2H3Q2IQ2I", thread, len(held), 0, 0, 0, 0, 0, 0, len(held), wanted != 0, 0, wanted,
            0) + entries))

    def deadlock(self, threads, stuck=(), sort=1, flags=0):
        """Each thread: its id, what it wants (0: it is gone), where, and the locks it holds; and
        the pid, if all this is of another process's recording."""
        everybody = list(threads) + list(stuck)
        body = struct.pack("<4IQ", sort, flags, len(threads), len(stuck), 0)
        for thread, wanted, stack, held, *pid in everybody:
            body += struct.pack("<I2H2I3Q4I", thread, wanted != 0, 0, wanted, stack, 0, 0, 0, 0,
                                len(held), *(pid or [0]), 0)
        for _, _, _, held, *_ in everybody:
            body += b"".join(struct.pack("<4I", lock, 0, 0, 1) for lock in held)
        self.add(DEADLOCK, body)

    def data(self):
        chunks = _chunk(1, 0, self.records) + b"".join(self.live_chunks)
        lost = tuple(self.header["lost"]) + (0,) * (16 - len(self.header["lost"]))
        header = struct.pack("<8s4IQ2I2QIiQ16Q4Q", b"unknot\x1a\n", 0x01020304,
                             self.header["version"], self.header["min_reader"], PAGE, 0,
                             self.header["pid"], 0, 1, 1, self.header["state"], 0,
                             PAGE + len(chunks), *lost, self.threads, self.locks,
                             self.dependencies, 0)
        return header.ljust(PAGE, b"\0") + chunks

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.data())
        return path


def inversion(recording, first=0, second=0):
    """Two threads take locks 1 and 2 in opposite orders."""
    recording.thread(1)
    recording.thread(2, parent=1)
    recording.thread(3, parent=1)
    recording.lock(1, location=first)
    recording.lock(2, location=second)
    recording.dependency(2, 2, [(1, 0)])
    recording.dependency(3, 1, [(2, 0)])
    return recording


def symbols(path):
    """{name: address} of an ELF file."""
    lines = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    return {fields[2]: int(fields[0], 16)
            for fields in map(str.split, lines.splitlines()) if len(fields) == 3}


def build_id(path):
    notes = subprocess.run(["readelf", "-n", path], check=True, capture_output=True,
                           text=True).stdout
    return bytes.fromhex(notes.split("Build ID: ")[1].split()[0])
