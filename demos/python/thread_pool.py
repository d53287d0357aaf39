"""A pool of threads, with work that waits and work that computes.

Nothing wrong. Tasks that mostly wait (IO-bound) overlap; tasks that compute (CPU-bound) do not,
for one thread at a time has the interpreter. The times go to standard error, for they differ from
run to run.

Expect: clean.
verdict: clean
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

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
    print(f"{title}: {TASKS} tasks by {WORKERS} threads, the sum is {total}")
    print(f"{title}: {time.monotonic() - start:.2f} s", file=sys.stderr)


with ThreadPoolExecutor(WORKERS) as executor:
    run("IO-bound", executor, fetch_page)
    run("CPU-bound", executor, count_primes)
