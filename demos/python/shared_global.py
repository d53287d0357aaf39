"""Threads share what is global.

Nothing wrong: all threads have the same `total`, and add to it under a lock. What is local to a
function, or kept in a threading.local, a thread has for itself.

Expect: clean.
verdict: clean
"""

import threading

total_lock = threading.Lock()
total = 0  # protected by total_lock
own = threading.local()
own.count = 0


def say(line):
    print(line + "\n", end="")  # in one piece: the lines of two threads do not mix


def add(amount):
    global total
    own.count = amount
    with total_lock:
        total += amount
    say(f"a thread added {amount}; its own count is {own.count}")


threads = [threading.Thread(target=add, args=(amount,)) for amount in (1, 20, 300)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"total is {total}; the main thread's own count is {own.count}")
