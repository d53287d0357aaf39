"""Two threads of a Python program hold one lock each and want the other's.

The interpreter's locks are semaphores; no thread ever posts what it did not take.

verdict: deadlock
threads: 2
wait: thread=main holds=semaphore* wants=semaphore*
wait: thread=T2 holds=semaphore* wants=semaphore*
"""
import sys
import threading

is_fixed = sys.argv[1:] == ["fixed"]
both_hold = threading.Barrier(2)
lock_a, lock_b = threading.Lock(), threading.Lock()


def use_alone():
    for _ in range(20):
        with lock_a:
            pass
        with lock_b:
            pass


def hold_both(first, second):
    use_alone()
    both_hold.wait()
    with first:
        if not is_fixed:
            both_hold.wait()
        with second:
            pass


def a_then_b():
    hold_both(lock_a, lock_b)


def b_then_a():
    if is_fixed:
        hold_both(lock_a, lock_b)
    else:
        hold_both(lock_b, lock_a)


thread = threading.Thread(target=a_then_b)
thread.start()
b_then_a()
thread.join()
print("done")
