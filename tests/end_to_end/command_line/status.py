"""unknot status: what a running recorded program holds and waits for."""

import json
import os
import subprocess
import sys
import time

from cases import (UNKNOT, compiled, expect_equal, expect_in, expect_one_line, main, unknot)

SECONDS = 30

PARKED = r"""
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t ready;

static void *hold(void *unused)
{
    pthread_mutex_lock(&lock_a);
    pthread_rwlock_rdlock(&table); /* hold */
    pthread_barrier_wait(&ready);
    getchar();
    return unused;
}

static void *wait_for_a(void *unused)
{
    pthread_mutex_lock(&lock_b); /* take b */
    pthread_barrier_wait(&ready);
    pthread_mutex_lock(&lock_a); /* want a */
    return unused;
}

static void *wait_for_table(void *unused)
{
    pthread_barrier_wait(&ready);
    pthread_rwlock_wrlock(&table);
    return unused;
}

int main(void)
{
    pthread_t threads[3];
    pthread_barrier_init(&ready, NULL, 4);
    pthread_create(&threads[0], NULL, hold, NULL);
    pthread_create(&threads[1], NULL, wait_for_a, NULL);
    pthread_create(&threads[2], NULL, wait_for_table, NULL);
    pthread_setname_np(threads[1], "waiter");
    pthread_barrier_wait(&ready);
    printf("%d\n", getpid());
    fflush(stdout);
    pause();
    return 0;
}
"""

RESTLESS = r"""
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void *work(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&lock_a);
        pthread_rwlock_rdlock(&table);
        pthread_mutex_lock(&lock_b);
        pthread_mutex_unlock(&lock_a);
        pthread_rwlock_unlock(&table);
        pthread_mutex_unlock(&lock_b);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, work, NULL);
    printf("%d\n", getpid());
    fflush(stdout);
    pause();
    return 0;
}
"""


class _Running:
    """A program under `unknot run` that has printed its number; ended at the end."""

    def __init__(self, source):
        program = compiled("prog", "#define _GNU_SOURCE\n" + source, "-pthread")
        self.run = subprocess.Popen(
            [UNKNOT, "run", "--quiet", "--output=report", "--", program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = int(self.run.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        try:
            os.kill(self.pid, 9)
        except ProcessLookupError:
            pass
        self.run.communicate()

    def threads(self):
        done = unknot("status", "--format=json", self.pid)
        expect_equal((done.status, done.err), (0, ""), "status")
        return json.loads(done.out)["threads"]


def _until(condition):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError("it never came to that")


def _line(source, mark):
    lines = ["#define _GNU_SOURCE", *source.splitlines()]
    return next(i + 1 for i, line in enumerate(lines) if mark in line)


def _parked(running):
    def look():
        threads = running.threads()
        return threads if sum("waits" in thread for thread in threads) == 2 else None
    return _until(look)


def _lines(stack):
    return [frame.get("line") for frame in stack]


def status_tells_who_holds_what_and_who_waits():
    with _Running(PARKED) as running:
        threads = _parked(running)
        holder = next(t for t in threads if len(t["holds"]) == 2)
        waiter = next(t for t in threads if "'waiter'" in t["name"])
        writer = next(t for t in threads if "waits" in t and t is not waiter)
        expect_equal([(h["lock"], h["mode"], h["count"]) for h in holder["holds"]],
                     [("lock_a", "write", 1), ("table", "read", 1)], "held")
        expect_in(_line(PARKED, "/* hold */"), _lines(holder["holds"][1]["stack"]))
        expect_equal([h["lock"] for h in waiter["holds"]], ["lock_b"], "held by the waiter")
        expect_in(_line(PARKED, "/* take b */"), _lines(waiter["holds"][0]["stack"]))
        wait = waiter["waits"]
        expect_equal((wait["for"], wait["kind"], wait["timed"], wait["held_by"]),
                     ("lock_a", "mutex", False, [holder["thread"]]), "the wait")
        expect_in(_line(PARKED, "/* want a */"), _lines(wait["stack"]))
        expect_equal((writer["waits"]["for"], writer["waits"]["held_by"]),
                     ("table", [holder["thread"]]), "the writer's wait")
        expect_equal(os.path.exists(f"/proc/{running.pid}/task/{waiter['tid']}"), True, "its tid")
        expect_equal([t["settled"] for t in threads], [True] * 4, "all rest")
        longer = _until(lambda: [t for t in running.threads() if "waits" in t and
                                 t["waits"]["waited_ns"] > wait["waited_ns"]])
        expect_equal(len(longer) >= 1, True, "the wait grows")


def status_is_told_to_a_person_too():
    with _Running(PARKED) as running:
        _parked(running)
        text = unknot("status", running.pid).out
        expect_in(f"unknot: process {running.pid} ", text)
        expect_in("2 of 4 threads wait", text)
        expect_in(f"  holds lock_b, taken at wait_for_a (prog.c:{_line(PARKED, '/* take b */')})",
                  text)
        expect_in("  holds table for reading, taken at hold (", text)
        expect_in(f"s for lock_a at wait_for_a (prog.c:{_line(PARKED, '/* want a */')}); "
                  "held by T", text)
        expect_in("1 thread holds nothing and waits for nothing", text)


def _switches(pid):
    text = open(f"/proc/{pid}/status").read()
    return [line for line in text.splitlines() if "ctxt_switches" in line]


def _asleep(pid):
    """Its switches, once they stay the same: a wait is published some time before the sleep."""
    before = None
    while before != (before := _switches(pid)):
        time.sleep(0.2)
    return before


def status_leaves_the_program_as_it_was():
    with _Running(PARKED) as running:
        _parked(running)
        before = _asleep(running.pid)
        unknot("status", running.pid)
        expect_equal(_switches(running.pid), before, "the main thread was never woken")


def status_of_a_restless_program_makes_sense():
    modes = {"lock_a": "write", "lock_b": "write", "table": "read"}
    with _Running(RESTLESS) as running:
        for _ in range(200):
            threads = running.threads()
            expect_equal(len(threads), 4, "threads")
            held = []
            for thread in threads:
                for hold in thread["holds"]:
                    expect_equal(hold["mode"], modes.get(hold["lock"]), f"mode of {hold['lock']}")
                    expect_equal(hold["count"], 1, "depth")
                    held.append((thread["settled"], hold["lock"]))
                if "waits" in thread:
                    expect_equal(thread["waits"]["mode"], modes.get(thread["waits"]["for"]),
                                 "mode of what it waits for")
            for lock in ("lock_a", "lock_b"):
                if held.count((True, lock)) > 1:
                    raise AssertionError(f"two threads at rest hold {lock}: {threads}")


def status_of_a_process_that_is_not_recorded_says_so():
    expect_one_line(unknot("status", os.getpid()).err, f"process {os.getpid()} is not recorded")
    expect_equal(unknot("status", os.getpid()).status, 2, "status")


def status_of_a_process_that_has_ended_names_its_recording():
    with _Running(PARKED) as running:
        pid = running.pid
    done = unknot("status", pid)
    expect_equal(done.status, 2, "status")
    expect_one_line(done.err, f"process {pid} has ended", f"unknot report unknot.data/prog.{pid}.")


def status_of_no_process_says_so():
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)
    expect_one_line(unknot("status", int(gone.stdout)).err, f"there is no process {int(gone.stdout)}")


def status_wants_one_process():
    for wrong in ([], ["x"], ["1", "2"], ["-1"], ["0x10"]):
        done = unknot("status", *wrong)
        expect_equal(done.status, 2, f"status of {wrong}")
    expect_one_line(unknot("status", "--format=xml", os.getpid()).err, "text or json")


if __name__ == "__main__":
    main(sys.modules[__name__])
