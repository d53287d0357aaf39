# Two locks are taken in both orders, by `with` and by acquire(), never at the same time.
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
