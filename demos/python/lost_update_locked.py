"""No lost update.

Nothing wrong: x is 100, and a hundred threads take one each, as in lost_update.py; but from reading
x to writing it back each has the lock, however long it takes. None are left.

Expect: clean.
verdict: clean
"""

import threading
import time

THREADS = 100
x = THREADS
x_lock = threading.Lock()  # protects x


def take_one():
    global x
    with x_lock:
        value = x
        time.sleep(0.001)  # gives the others a chance, and they cannot use it
        x = value - 1


threads = [threading.Thread(target=take_one) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{THREADS} threads took one each of {THREADS}: {x} left")
