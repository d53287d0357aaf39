"""A monitor inside a monitor.

Wrong: fetch() takes the shop, then waits for a parcel at the shelf. A condition's wait lets go of
the shelf, but not of the shop, and deliver() must go through the shop. By default the parcel
happens to be there already; `nested_monitor.py hang` starts with an empty shelf, and each waits for
the other for ever.
Right: let go of the shop before waiting, or guard both with one lock.

Expect: clean, not yet judged: both take the shop first, and what waits for a condition this version
does not judge.
verdict: clean
"""

import sys
import threading

hang = sys.argv[1:] == ["hang"]
shop = threading.Lock()
shelf = threading.Condition()
parcels = []  # protected by shelf
first_is_there = threading.Event()  # stands for luck: who comes first


def fetch():
    if not hang:
        first_is_there.wait()
    with shop, shelf:
        if hang:
            first_is_there.set()
        while not parcels:
            shelf.wait()  # still has the shop
        print(f"{parcels.pop()} is fetched")


def deliver():
    if hang:
        first_is_there.wait()
    print("a parcel comes", flush=True)
    with shop, shelf:
        parcels.append("a parcel")
        shelf.notify()
    first_is_there.set()


threads = [threading.Thread(target=fetch), threading.Thread(target=deliver)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("the shop closes")
