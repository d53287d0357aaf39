# Locks that one thread acquires and another releases, under other locks and in any order.
# verdict: clean
import threading

TURNS = 50
lock = threading.Lock()
ping, pong, baton = threading.Lock(), threading.Lock(), threading.Lock()


def run_together(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def serve():
    for _ in range(TURNS):
        ping.acquire()
        with lock:
            pong.release()


def play_back():
    for _ in range(TURNS):
        with lock:
            ping.release()
        pong.acquire()


def take_the_baton():
    baton.acquire()
    with lock:
        pass


def pass_the_baton():
    with lock:
        baton.release()
        baton.acquire()
    baton.release()


ping.acquire()
pong.acquire()
run_together(serve, play_back)
run_together(take_the_baton)
run_together(pass_the_baton)
print("done")
