"""Daemon threads end with the program.

Nothing wrong, but know it: Python waits at its end for every thread but the daemons, which are gone
in the middle of their work. The daemon's last words are never printed.

Expect: clean.
verdict: clean
"""

import threading
import time

daemon_has_begun = threading.Event()


def daemon():
    print("daemon: at work")
    daemon_has_begun.set()
    time.sleep(60)
    print("daemon: done (nobody will ever read this)")


def worker():
    daemon_has_begun.wait()
    print("worker: at work")
    time.sleep(0.1)
    print("worker: done, after the end of main")


threading.Thread(target=daemon, daemon=True).start()
threading.Thread(target=worker).start()
daemon_has_begun.wait()
