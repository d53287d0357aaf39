"""A lost wake-up.

Wrong: the sleeper looks at `ready` before it has the lock, and waits without looking again. A
notification that comes in between finds nobody waiting, and is lost: a condition remembers nothing.
By default it happens to come later; `lost_wakeup.py hang` lets it come in between.
Right: with changed: changed.wait_for(lambda: ready)

Expect: clean, not yet judged: no two locks are involved, and what waits for a condition this
version does not judge.
verdict: clean
"""

import sys
import threading

hang = sys.argv[1:] == ["hang"]
ready = False
changed = threading.Condition()
has_looked = threading.Event()  # these two stand for luck
has_rung = threading.Event()


def sleeper():
    if not ready:
        if hang:
            has_looked.set()
            has_rung.wait()  # the notification comes now
        with changed:
            has_looked.set()  # the notification needs the lock, and comes during the wait
            changed.wait()
    print("the sleeper is awake")


def waker():
    global ready
    has_looked.wait()
    with changed:
        ready = True
        print("the alarm rings", flush=True)
        changed.notify()
    has_rung.set()


threads = [threading.Thread(target=sleeper), threading.Thread(target=waker)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("everyone is up")
