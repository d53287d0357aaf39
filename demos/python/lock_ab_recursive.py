"""Two locks made one.

Nothing wrong: f1 and f2 of lock_ab.py, but lock_A and lock_B have become one RLock. A thread that
has it may take it again, and no other thread gets in between.

Expect: clean.
verdict: clean
"""

import threading
import time

lock_AB = threading.RLock()


def f1(name):
    with lock_AB:
        with lock_AB:
            print(f"{name}: has lock_AB twice")


def f2(name):
    with lock_AB:
        time.sleep(0.1)
        with lock_AB:
            print(f"{name}: has lock_AB twice")


threads = [
    threading.Thread(target=f1, args=("thread 1 (f1)",)),
    threading.Thread(target=f2, args=("thread 2 (f2)",)),
    threading.Thread(target=f1, args=("thread 3 (f1)",)),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all three threads ended")
