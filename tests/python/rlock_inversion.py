# Three objects lock each other round in a circle, each its own lock twice.
# verdict: finding
import threading
import time


def run(*functions):
    """In one thread each, one after the other: nothing the library sees orders them."""
    done = []

    def take_turn(turn):
        while len(done) < turn:
            time.sleep(0.001)
        functions[turn]()
        done.append(turn)

    threads = [threading.Thread(target=take_turn, args=[turn]) for turn in range(len(functions))]
    for thread in reversed(threads):
        thread.start()
    for thread in threads:
        thread.join()


class Account:
    def __init__(self):
        self.lock = threading.RLock()

    def transfer(self, other):
        with self.lock:
            with self.lock:
                with other.lock:
                    pass


x, y, z = Account(), Account(), Account()
run(lambda: x.transfer(y), lambda: y.transfer(z), lambda: z.transfer(x))
print("done")
