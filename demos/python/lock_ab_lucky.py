"""Two locks, two orders, and luck.

Wrong: as in lock_ab.py, f1 takes lock_A then lock_B and f2 takes lock_B then lock_A. Here the
threads always happen to come one after the other, so it never hangs, and tests stay green.
Right: take the two locks in one order everywhere.

Expect: a finding, two locks (semaphores, to the C library) in opposite orders, on every run.
verdict: finding locks=* steps=2
"""

import threading
import time

lock_A = threading.Lock()
lock_B = threading.Lock()
turn = 0  # stands for luck: a plain number, no lock


def wait_turn(mine):
    while turn < mine:
        time.sleep(0.001)


def f1(mine):
    global turn
    wait_turn(mine)
    with lock_A:
        with lock_B:
            print("f1: has lock_A and lock_B")
    turn += 1


def f2(mine):
    global turn
    wait_turn(mine)
    with lock_B:
        with lock_A:
            print("f2: has lock_B and lock_A")
    turn += 1


threads = [
    threading.Thread(target=f1, args=(0,)),
    threading.Thread(target=f2, args=(1,)),
    threading.Thread(target=f1, args=(2,)),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all three threads ended")
