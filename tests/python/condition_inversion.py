# A condition's lock and another one are taken in both orders.
# verdict: finding
import threading


def run(*functions):
    """In one thread each, one after the other: nothing the library sees orders them."""
    for function in functions:
        thread = threading.Thread(target=function)
        thread.start()
        thread.join()


changed, lock = threading.Condition(), threading.Lock()


def notify_under_the_lock():
    with lock:
        with changed:
            changed.notify_all()


def lock_under_the_condition():
    with changed:
        changed.wait(0.001)
        with lock:
            pass


run(notify_under_the_lock, lock_under_the_condition)
print("done")
