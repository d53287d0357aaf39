"""Two threads hold one lock each, for the first time, and want the other's.

Nothing yet shows that these semaphores are locks, so it is suspected after a second, and told at
once: the program goes on, and so might hang for ever with nobody told.

verdict: deadlock
certain: suspected
threads: 2
wait: thread=T2 holds=semaphore* wants=semaphore*
wait: thread=T3 holds=semaphore* wants=semaphore*
"""
import sys
import threading

is_fixed = sys.argv[1:] == ["fixed"]
lock_a, lock_b = threading.Lock(), threading.Lock()
both_hold = threading.Barrier(2)


def hold_both(first, second):
    with first:
        if not is_fixed:
            both_hold.wait()
        with second:
            pass


orders = [(lock_a, lock_b), (lock_a, lock_b) if is_fixed else (lock_b, lock_a)]
threads = [threading.Thread(target=hold_both, args=order) for order in orders]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
