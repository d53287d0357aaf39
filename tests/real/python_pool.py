#!/usr/bin/python3
"""Debian's python3: a thread pool with locks, queues, hashing, children from threads, a fork."""

import harness

PROGRAM = """
import concurrent.futures, hashlib, multiprocessing, os, queue, subprocess, threading, zlib

lock, done, results = threading.Lock(), threading.Condition(), queue.Queue()
total = 0

def work(number):
    global total
    data = bytes([number % 251]) * 200_000
    digest = hashlib.sha256(zlib.compress(data)).hexdigest()
    with lock:
        total += number
    results.put(number)
    return digest

def child(number):
    return subprocess.run(["echo", str(number)], capture_output=True, text=True).stdout.strip()

with concurrent.futures.ThreadPoolExecutor(8) as pool:
    for digest in pool.map(work, range(200)):
        print(digest)
    print(*pool.map(child, range(24)))
print(total, results.qsize())

def waiter():
    with done:
        done.wait_for(lambda: results.empty(), timeout=60)

threads = [threading.Thread(target=waiter) for _ in range(4)]
for thread in threads:
    thread.start()
while not results.empty():
    results.get()
with done:
    done.notify_all()
for thread in threads:
    thread.join()

with multiprocessing.get_context("fork").Pool(3) as pool:
    print(pool.map(abs, range(-20, 0)))
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


def play(scene):
    return {"output": scene.run(["/usr/bin/python3", "-c", PROGRAM])}


if __name__ == "__main__":
    harness.main(play, "python3*")
