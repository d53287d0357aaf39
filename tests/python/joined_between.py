# Two locks are taken in both orders, but the first thread is joined before the second one starts. To
# the library a join of Python's is a lock that a thread holds until it ends.
# verdict: clean dismissed=ordered
import threading

lock_a, lock_b = threading.Lock(), threading.Lock()


def a_then_b():
    with lock_a:
        with lock_b:
            pass


def b_then_a():
    with lock_b:
        with lock_a:
            pass


for function in a_then_b, b_then_a:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
print("done")
