"""Two locks, two orders.

Wrong: f1 takes lock_A then lock_B; f2 takes lock_B, sleeps, then takes lock_A. While f2 sleeps with
lock_B, a thread in f1 takes lock_A and waits for lock_B; then f2 wakes and waits for lock_A.
Neither ever goes on, and whoever comes next waits for both.
Right: take the two locks in one order everywhere.

Expect: a finding, two locks (semaphores, to the C library) in opposite orders. A semaphore counts
as a lock when it was given back and taken again; so main runs f1 once before, alone. The program
hangs on nearly every run; Ctrl-C ends it, pressed twice, since Python waits for its threads.
verdict: finding locks=* steps=2
hangs: yes
"""

import threading
import time

lock_A = threading.Lock()
lock_B = threading.Lock()


def f1(name):
    with lock_A:
        print(f"{name}: has lock_A, wants lock_B", flush=True)
        with lock_B:
            print(f"{name}: has both", flush=True)


def f2(name):
    with lock_B:
        print(f"{name}: has lock_B, sleeps", flush=True)
        time.sleep(1)
        print(f"{name}: has lock_B, wants lock_A", flush=True)
        with lock_A:
            print(f"{name}: has both", flush=True)


threads = [
    threading.Thread(target=f1, args=("thread 1 (f1)",)),
    threading.Thread(target=f2, args=("thread 2 (f2)",)),
    threading.Thread(target=f1, args=("thread 3 (f1)",)),
]
f1("main")
print("if the threads never end, press Ctrl-C twice", flush=True)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all three threads ended")
