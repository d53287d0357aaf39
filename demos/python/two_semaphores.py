"""Two binary semaphores, two orders.

Wrong: lock_ab_lucky.py again, with threading.Semaphore(1) in the place of locks: a semaphore that
the same thread takes and gives back is a lock, and two of them in two orders deadlock as two locks
do. Here the threads happen to come one after the other.
Right: take them in one order everywhere.

Expect: clean, not yet judged: a threading.Semaphore is a number behind a lock of its own. This
version sees no more than that lock, and never two of them at once.
verdict: clean
"""

import threading
import time

sem_A = threading.Semaphore(1)
sem_B = threading.Semaphore(1)
turn = 0  # stands for luck: a plain number, no lock


def wait_turn(mine):
    while turn < mine:
        time.sleep(0.001)


def f1(mine):
    global turn
    wait_turn(mine)
    with sem_A:
        with sem_B:
            print("f1: has sem_A and sem_B")
    turn += 1


def f2(mine):
    global turn
    wait_turn(mine)
    with sem_B:
        with sem_A:
            print("f2: has sem_B and sem_A")
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
