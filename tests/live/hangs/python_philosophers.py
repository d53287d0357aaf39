"""Five philosophers hold the left fork and want the right one; in the twin one is left-handed.

verdict: deadlock
threads: 5
wait: thread=main holds=semaphore* wants=semaphore*
"""
import sys
import threading

is_fixed = sys.argv[1:] == ["fixed"]
SEATS = 5
all_hold = threading.Barrier(SEATS)
forks = [threading.Lock() for _ in range(SEATS)]


def dine(seat):
    order = [seat, (seat + 1) % SEATS]
    if is_fixed:
        order.sort()
    for fork in order:
        for _ in range(20):
            with forks[fork]:
                pass
    all_hold.wait()
    with forks[order[0]]:
        if not is_fixed:
            all_hold.wait()
        with forks[order[1]]:
            pass


threads = [threading.Thread(target=dine, args=(seat,)) for seat in range(SEATS - 1)]
for thread in threads:
    thread.start()
dine(SEATS - 1)
for thread in threads:
    thread.join()
print("done")
