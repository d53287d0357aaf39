"""What long work shows on a terminal: how far it is, and nothing once it is done."""

import os
import pty
import select
import subprocess
import sys
import threading

from cases import UNKNOT, expect_equal, expect_in, main

PATIENCE = 20  # seconds
LINES = b"T1|acq(L1)|a\nT1|rel(L1)|b\n" * 1000


class Reader:
    """Of a terminal or pipe, all that was written so far."""

    def __init__(self, fd):
        self.fd, self.got = fd, b""

    def wait(self, seconds):
        """False at the end."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            more = os.read(self.fd, 65536)
        except OSError:
            return False
        self.got += more
        return bool(more)


def _feed(path, enough):
    """A trace that comes slowly, until it is enough."""
    with open(path, "wb") as fifo:
        while not enough.wait(0.02):
            fifo.write(LINES)
            fifo.flush()


def _report(stderr, seen):
    """What the command writes to `stderr`, whose other end is given, while a slow trace comes:
    until `seen` says that it is enough."""
    os.mkfifo("slow.std")
    enough = threading.Event()
    feeder = threading.Thread(target=_feed, args=("slow.std", enough), daemon=True)
    other, own = stderr
    command = subprocess.Popen([UNKNOT, "report", "--input=std", "slow.std"], stderr=own,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    os.close(own)
    feeder.start()
    reader = Reader(other)
    for _ in range(PATIENCE * 10):
        if seen(reader.got) or not reader.wait(0.1):
            break
    enough.set()
    feeder.join()
    while reader.wait(PATIENCE):
        pass
    out, _ = command.communicate(timeout=PATIENCE)
    expect_equal(command.returncode, 0)
    expect_in("no lock-order problem in 1 thread", out)
    return reader.got


def a_terminal_shows_long_reading_and_is_left_clean():
    got = _report(pty.openpty(), lambda got: b"reading" in got)
    expect_in(b"\rreading the trace", got)
    shown, blank = got.split(b"\r")[1:][-2:]
    expect_equal((shown.strip(), blank), (b"", b""))


def what_is_no_terminal_is_told_nothing():
    rounds = iter(range(20))  # longer than a terminal would wait
    got = _report(os.pipe(), lambda got: next(rounds, None) is None)
    expect_equal(got, b"")


if __name__ == "__main__":
    main(sys.modules[__name__])
