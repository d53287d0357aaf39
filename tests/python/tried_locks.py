# The other order only tries, in all ways there are to say so.
# verdict: clean
import threading


def run(*functions):
    """In one thread each, one after the other: nothing the library sees orders them."""
    for function in functions:
        thread = threading.Thread(target=function)
        thread.start()
        thread.join()


lock_a, lock_b = threading.Lock(), threading.Lock()


def a_then_b():
    with lock_a:
        with lock_b:
            pass


def b_then_try_a():
    with lock_b:
        tries = [
            lock_a.acquire(False),
            lock_a.acquire(blocking=False),
            lock_a.acquire(True, 0.001),
            lock_a.acquire(timeout=0.001),
            lock_a.acquire(*[False]),
            lock_a.acquire(**{"blocking": False}),
            *map(lock_a.acquire, [False]),
        ]
        assert tries[0] and not any(tries[1:])
        lock_a.release()
        for blocking in ((False,), (True, 0.001)):
            assert lock_a.acquire(*blocking)
            lock_a.release()
        assert not lock_a.locked()


run(a_then_b, b_then_try_a, a_then_b)
print("done")
