"""Waiting for a thread that waits for us.

Wrong: close_books() takes the lock and joins the clerk, who needs the same lock to end. By default
the clerk happens to be done with it before; `join_while_holding.py hang` lets the clerk come too
late.
Right: join first, then take the lock.

Expect: a finding, two locks in opposite orders: the books, and the lock that Python's join waits
for, which the clerk's thread holds until it ends. Both are semaphores, to the C library.
verdict: finding locks=* steps=2
"""

import sys
import threading
import time

hang = sys.argv[1:] == ["hang"]
books = threading.Lock()
balance = 0  # protected by books
first_is_done = threading.Event()  # stands for luck: who takes the books first


def work():
    global balance
    if hang:
        first_is_done.wait()
    with books:
        balance += 10
    first_is_done.set()
    time.sleep(0.1)  # a cup of coffee


def close_books(thread):
    if not hang:
        first_is_done.wait()
    with books:
        first_is_done.set()
        print("the books are closed as soon as the clerk has gone", flush=True)
        thread.join()
        print(f"the balance is {balance}")


clerk = threading.Thread(target=work)
clerk.start()
close_books(clerk)
