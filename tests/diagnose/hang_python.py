"""Hangs of Python: hang_python.py CASE. Barriers of the interpreter's own force the order."""

import queue
import sys
import threading

lock_A = threading.Lock()
lock_B = threading.Lock()
together = threading.Barrier(2)


def f1():
    with lock_A:
        together.wait()
        with lock_B:
            pass


def f2():
    with lock_B:
        together.wait()
        with lock_A:
            pass


def explicit_1():
    lock_A.acquire()
    together.wait()
    lock_B.acquire()


def explicit_2():
    lock_B.acquire()
    together.wait()
    lock_A.acquire()


def start(target, name):
    thread = threading.Thread(target=target, name=name)
    thread.start()
    return thread


def crosswise():
    first = start(f1, "worker one")
    start(f2, "worker two")
    first.join()


def explicit():
    first = start(explicit_1, "worker one")
    start(explicit_2, "worker two")
    first.join()


def take_A():
    with lock_A:
        pass


def join_under_lock():
    with lock_A:
        start(take_A, "clerk").join()


def empty_queue():
    start(queue.Queue().get, "reader").join()


{"crosswise": crosswise, "explicit": explicit, "join_under_lock": join_under_lock,
 "queue": empty_queue}[sys.argv[1]]()
