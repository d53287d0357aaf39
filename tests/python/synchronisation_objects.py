# Conditions, events, barriers, semaphores, re-entrant locks, timers and logging, used as intended.
# verdict: clean
import io
import logging
import threading

TURNS = 30
outer, gate = threading.Lock(), threading.Condition()
turn, buffer = [0], []


def run_together(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def alternate(me):
    for _ in range(TURNS):
        with gate:
            gate.wait_for(lambda: turn[0] == me)
            turn[0] = 1 - me
            gate.notify_all()


not_empty = threading.Condition(outer)
not_full = threading.Condition(outer)


def put():
    for i in range(TURNS):
        with not_full:
            not_full.wait_for(lambda: len(buffer) < 2)
            buffer.append(i)
            not_empty.notify()


def get():
    for _ in range(TURNS):
        with not_empty:
            not_empty.wait_for(lambda: buffer)
            buffer.pop()
            not_full.notify()


first, second = threading.Event(), threading.Event()


def answer():
    first.wait()
    with outer:
        second.set()


def ask():
    with outer:
        first.set()
    second.wait()
    assert not threading.Event().wait(0.001)


barrier = threading.Barrier(3)
pool, single = threading.Semaphore(2), threading.BoundedSemaphore(1)
upper, lower = threading.RLock(), threading.RLock()
log = logging.getLogger("test")
log.addHandler(logging.StreamHandler(io.StringIO()))


def meet():
    for i in range(TURNS):
        barrier.wait()
        with pool:
            with single:
                log.warning("%d", i)
        with upper:
            with lower:
                with upper:
                    pass


run_together(lambda: alternate(0), lambda: alternate(1), put, get)
run_together(ask, answer)
run_together(meet, meet, meet)
timer = threading.Timer(0.001, lambda: None)
timer.start()
timer.join()
print("done")
