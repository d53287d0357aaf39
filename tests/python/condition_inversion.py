# A condition's lock and another one are taken in both orders.
# verdict: finding
import threading
import time


def run(*functions):
    """In one thread each, one after the other: nothing the library sees orders them."""
    done = []

    def take_turn(turn):
        while len(done) < turn:
            time.sleep(0.001)
        functions[turn]()
        done.append(turn)

    threads = [threading.Thread(target=take_turn, args=[turn]) for turn in range(len(functions))]
    for thread in reversed(threads):
        thread.start()
    for thread in threads:
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
