# Three objects lock each other round in a circle, each its own lock twice.
# verdict: finding
import threading


def run(*functions):
    """In one thread each, one after the other: nothing the library sees orders them."""
    for function in functions:
        thread = threading.Thread(target=function)
        thread.start()
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
