"""Python programs that hang, and some that only wait. Usage: hangs.py CASE

A line that the diagnosis must name has a comment: `holds NAME` or `wants NAME`, with the thread."""

import queue
import sys
import threading
import time

lock_A = threading.Lock()
lock_B = threading.Lock()
forks = [threading.Lock() for _ in range(3)]
condition = threading.Condition(threading.Lock())


class Account:
    def __init__(self):
        self.lock = threading.RLock()

    def move(self, other, both):
        self.lock.acquire()
        both.wait()
        with other.lock:  # wants account
            pass


left, right = Account(), Account()


def run(*functions):
    threads = [threading.Thread(target=function, name=function.__name__)
               for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def two_locks():
    both = threading.Barrier(2)

    def first():
        with lock_A:  # first holds lock_A
            both.wait()
            try:
                with lock_B:  # first wants lock_B
                    pass
            finally:
                pass

    def second():
        for _ in range(2):
            with lock_B:  # second holds lock_B
                both.wait()
                lock_A.acquire()  # second wants lock_A

    run(first, second)


def recursive_locks():
    both = threading.Barrier(2)

    def first():
        left.move(right, both)

    def second():
        right.move(left, both)

    run(first, second)


def ring_of_three():
    seated = threading.Barrier(3)

    def philosopher(seat):
        with forks[seat]:  # holds fork
            seated.wait()
            with forks[(seat + 1) % 3]:  # wants fork
                pass

    def first():
        philosopher(0)

    def second():
        philosopher(1)

    def third():
        philosopher(2)

    run(first, second, third)


def condition_and_lock():
    both = threading.Barrier(2)

    def first():
        with condition:  # first holds condition
            both.wait()
            with lock_A:  # first wants lock_A
                pass

    def second():
        with lock_A:  # second holds lock_A
            both.wait()
            with condition:  # second wants condition
                pass

    run(first, second)


def lock_twice():
    def first():
        with lock_A:  # again holds lock_A
            with lock_A:  # again wants lock_A
                pass

    run(first)


def join_under_lock():
    def worker():
        with lock_A:  # worker wants lock_A
            pass

    with lock_A:  # main holds lock_A
        thread = threading.Thread(target=worker, name="worker")
        thread.start()
        thread.join()  # main wants the end of worker


def nobody_deadlocks():
    """A wait for a queue, one for a condition whose with block goes on, a lock that was given back;
    the main thread could go on any time."""
    waits = threading.Barrier(3)

    def first():
        with condition:
            waits.wait()
            condition.wait()

    def second():
        with lock_B:
            with lock_A:
                pass
        waits.wait()
        queue.Queue().get()

    def third():
        with lock_B:
            waits.wait()
            threading.Event().wait()

    for function in (first, second, third):
        threading.Thread(target=function, name=function.__name__, daemon=True).start()
    time.sleep(600)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
