"""Twenty threads, five places.

Nothing wrong: the semaphore counts free places. A thread takes one or waits for one, and gives it
back.

Expect: clean.
verdict: clean
"""

import threading
import time

THREADS = 20
PLACES = 5
places = threading.Semaphore(PLACES)
count_lock = threading.Lock()
inside = most_inside = 0  # protected by count_lock


def count(change):
    global inside, most_inside
    with count_lock:
        inside += change
        most_inside = max(inside, most_inside)


def visit():
    with places:
        count(+1)
        time.sleep(0.02)
        count(-1)


threads = [threading.Thread(target=visit) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
verdict = "never more than five at a time" if most_inside <= PLACES else "too many at a time"
print(f"{THREADS} visitors, {verdict}")
