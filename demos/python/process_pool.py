"""A pool of processes, with work that waits and work that computes.

Nothing wrong. Each process has an interpreter of its own, so that tasks that compute (CPU-bound)
run side by side too; the price is that everything passes through a pipe. The times go to standard
error, for they differ from run to run.

Expect: clean, in five processes.
verdict: clean
processes: 5
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor

WORKERS = 4
TASKS = 8


def fetch_page(number):
    time.sleep(0.05)  # as if from far away
    return 100 * number


def count_primes(number):
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, 10000 + number))


def run(title, pool, work):
    start = time.monotonic()
    total = sum(pool.map(work, range(TASKS)))
    print(f"{title}: {TASKS} tasks by {WORKERS} processes, the sum is {total}", flush=True)
    print(f"{title}: {time.monotonic() - start:.2f} s", file=sys.stderr)


if __name__ == "__main__":
    with ProcessPoolExecutor(WORKERS) as executor:
        run("IO-bound", executor, fetch_page)
        run("CPU-bound", executor, count_primes)
