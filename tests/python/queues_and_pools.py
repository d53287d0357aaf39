# Queues of every kind, executors, and processes, with a lock taken around and between.
# verdict: clean
import concurrent.futures
import multiprocessing
import queue
import threading

ITEMS = 40
lock = threading.Lock()


def run_together(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def use(kind):
    there, back = kind(), kind()

    def work():
        for item in iter(there.get, ITEMS):
            with lock:
                back.put(item + 1)

    def feed():
        for item in range(ITEMS):
            with lock:
                there.put(item)
        for _ in range(ITEMS):
            back.get()
        for _ in range(2):
            there.put(ITEMS)

    run_together(work, work, feed)


def look_in_turn(mine, other):
    for _ in range(ITEMS):
        with lock:
            mine.put(1)
            mine.get()
        try:
            other.get_nowait()
        except queue.Empty:
            other.put(1)


def child(results, guard, go, done):
    with guard:
        results.put(1)
    go.wait()
    done.release()


def use_processes():
    context = multiprocessing.get_context("fork")
    results, guard = context.Queue(), context.Lock()
    go, done = context.Event(), context.Semaphore(0)
    children = [context.Process(target=child, args=(results, guard, go, done)) for _ in range(2)]
    for process in children:
        process.start()
    for _ in children:
        results.get()
    go.set()
    for process in children:
        done.acquire()
        process.join()
    with context.Pool(2) as pool:
        assert pool.map(abs, [-1, -2]) == [1, 2]


for kind in (queue.Queue, queue.LifoQueue, queue.PriorityQueue, queue.SimpleQueue):
    use(kind)
use(lambda: queue.Queue(maxsize=ITEMS))
left, right = queue.SimpleQueue(), queue.SimpleQueue()
run_together(lambda: look_in_turn(left, right), lambda: look_in_turn(right, left))
with concurrent.futures.ThreadPoolExecutor(3) as outer:
    with concurrent.futures.ThreadPoolExecutor(3) as inner:
        futures = [outer.submit(lambda: inner.submit(len, "ab").result()) for _ in range(ITEMS)]
        for future in futures:
            future.add_done_callback(lambda done: inner.submit(done.result))
        assert sum(f.result() for f in concurrent.futures.as_completed(futures)) == 2 * ITEMS
use_processes()
print("done")
