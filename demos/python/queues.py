"""Three queues: first in first out, last in first out, smallest first.

Nothing wrong: queue.Queue, LifoQueue and PriorityQueue lock and wait by themselves, and differ only
in what they take next. Nobody tells the consumer to stop, so it is a daemon thread; main waits,
with join() of the queue, until all that was put in has been dealt with.

Expect: clean.
verdict: clean
"""

import queue
import threading


def consume(source, taken):
    while True:
        taken.append(source.get())
        source.task_done()


for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
    numbers = kind()
    came_out = []
    for number in (3, 1, 4, 2):
        numbers.put(number)
    threading.Thread(target=consume, args=(numbers, came_out), daemon=True).start()
    numbers.join()
    print(f"{kind.__name__}: went in 3 1 4 2, came out {' '.join(map(str, came_out))}")
