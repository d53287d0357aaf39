"""A lost update.

Wrong: x is 100, and a hundred threads take one each. Taking one is to read x, to subtract, and to
write x back; whoever reads before the others have written overwrites what they wrote. The
interpreter's own lock does not help: it is passed on between the two. Here all read first, which
stands for bad luck: 99 are left, not 0.
Right: read and write under one lock, as in lost_update_locked.py.

Expect: clean, not yet judged: this is a data race, and this version judges the order of locks only.
verdict: clean
"""

import threading

THREADS = 100
x = THREADS
everyone_has_read = threading.Barrier(THREADS)


def take_one():
    global x
    value = x
    everyone_has_read.wait()
    x = value - 1


threads = [threading.Thread(target=take_one) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{THREADS} threads took one each of {THREADS}: {x} left")
