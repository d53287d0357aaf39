"""Asynchronous results, each handed to a callback.

Nothing wrong: apply_async() and submit() return at once, main goes on with its own work, and the
callback gets the result when there is one. It runs in a thread of the pool, so it should be short,
and lock what it shares.

Expect: clean.
verdict: clean
"""

import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool


def say(line):
    print(line + "\n", end="")  # in one piece: the lines of two threads do not mix


def square(number):
    time.sleep(0.05)
    return number * number


def print_square(result):
    say(f"callback: a square is {result}")


def print_future(future):
    say(f"callback: a future holds {future.result()}")


with ThreadPool(2) as pool:
    answers = [pool.apply_async(square, (number,), callback=print_square) for number in (2, 3)]
    say("main: all submitted, goes on")
    pool.close()
    pool.join()
    print(f"main: {[answer.get() for answer in answers]}")

with ThreadPoolExecutor(2) as executor:
    for number in (4, 5):
        executor.submit(square, number).add_done_callback(print_future)
print("main: all results are in")
