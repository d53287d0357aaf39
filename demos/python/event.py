"""An event, and four ways to wait for it.

Nothing wrong. Polling a flag wastes time and comes late; waiting wakes up when it happens; waiting
with a timeout does not wait for ever; and who has tried three times may give up.

Expect: clean.
verdict: clean
"""

import threading
import time

dinner = threading.Event()
dessert = threading.Event()


def say(line):
    print(line + "\n", end="")  # in one piece: the lines of two threads do not mix


def poll_it():
    while not dinner.is_set():
        time.sleep(0.01)
    say("poll: saw it at last")


def wait_for_it():
    dinner.wait()
    say("wait: woken")


def wait_a_while():
    say(f"wait with a timeout: {'it came' if dinner.wait(60) else 'too late'}")


def give_up():
    for attempt in (1, 2, 3):
        if dessert.wait(0.05):
            return
        say(f"attempt {attempt}: no dessert")
    say("gave up")


guests = [threading.Thread(target=f) for f in (poll_it, wait_for_it, wait_a_while, give_up)]
for guest in guests:
    guest.start()
time.sleep(0.1)
say("main: dinner is ready")
dinner.set()
for guest in guests:
    guest.join()
