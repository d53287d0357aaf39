# Two locks are taken in both orders, by `with` and by acquire(), never at the same time.
# verdict: finding
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


def b_then_a():
    lock_b.acquire()
    lock_a.acquire()
    lock_a.release()
    lock_b.release()


run(a_then_b, b_then_a)
print("done")
