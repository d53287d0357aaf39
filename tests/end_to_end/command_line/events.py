"""What `unknot run` with and without events makes of a program's cycles: predicted, ordered, or possible."""

import glob
import json
import pathlib
import struct
import sys

from cases import compiled, expect_equal, expect_in, expect_not_in, expect_one_line, main, unknot

PAGE = 4096
FILE_BYTES = 64  # where in the header it says how long the file is

# The first thread locks in one order, the second in the other. ORDER puts a semaphore between them,
# COUNT is its initial value. END is the last that it does.
PROGRAM = r"""
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>
static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER, lock_B = PTHREAD_MUTEX_INITIALIZER;
static sem_t done;
static void nest(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    pthread_mutex_lock(outer);
    pthread_mutex_lock(inner);
    pthread_mutex_unlock(inner);
    pthread_mutex_unlock(outer);
}
static void *first(void *unused)
{
    (void)unused;
    nest(&lock_A, &lock_B);
    sem_post(&done);
    return NULL;
}
static volatile int is_over;
static void *second(void *unused)
{
    (void)unused;
    while (!is_over) /* so that it never hangs; nobody sees this */
        usleep(1000);
    if (ORDER)
        sem_wait(&done);
    nest(&lock_B, &lock_A);
    return NULL;
}
int main(void)
{
    pthread_t threads[2];
    sem_init(&done, 0, COUNT);
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    is_over = 1;
    pthread_join(threads[1], NULL);
    END;
    return 0;
}
"""


# The second thread waits for a semaphore with the lock held that the first one takes before it posts.
WAIT = r"""
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;
static volatile int is_over;
static void *first(void *unused)
{
    pthread_mutex_lock(&table);
    pthread_mutex_unlock(&table);
    sem_post(&ready);
    is_over = 1;
    return unused;
}
static void *second(void *unused)
{
    while (!is_over)
        usleep(1000);
    pthread_mutex_lock(&table);
    sem_wait(&ready);
    pthread_mutex_unlock(&table);
    return unused;
}
int main(void)
{
    pthread_t threads[2];
    sem_init(&ready, 0, 0);
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return END;
}
"""


def _report(order, count, *options, status=0, end="(void)0"):
    program = compiled("program", PROGRAM, "-pthread", "-g", f"-DORDER={order}", f"-DCOUNT={count}",
                       f"-DEND={end}")
    done = unknot("run", *options, "--format=json", "--output=report.json", "--", program)
    expect_equal(done.status, status)
    with open("report.json", encoding="utf-8") as file:
        return json.load(file)


def events_make_a_finding_predicted():
    finding, = _report(0, 0)["findings"]
    expect_equal(finding["confidence"], "predicted")
    does = [(event["thread"], event["does"]) for event in finding["witness"]["events"]]
    expect_equal(sorted(does[-2:]), [("T2", "wants lock_B"), ("T3", "wants lock_A")])
    expect_equal(sorted(does[-4:-2]), [("T2", "takes lock_A"), ("T3", "takes lock_B")])


def without_events_it_is_possible():
    finding, = _report(0, 0, "--no-events")["findings"]
    expect_equal(finding["confidence"], "possible")
    expect_not_in("witness", finding)
    expect_equal(finding["no_witness"], "no-events")
    recording, = glob.glob("unknot.data/*.rec")
    expect_not_in("No schedule is shown", unknot("report", recording).out)
    expect_in("   Why no schedule is shown (no-events):\n", unknot("explain", recording, "1").out)


def an_order_of_a_program_that_did_not_end_dismisses_nothing():
    finding, = _report(1, 0, status=137, end="kill(getpid(), SIGKILL)")["findings"]
    expect_equal((finding["confidence"], finding["no_witness"]), ("possible", "ordered-so-far"))
    recording, = glob.glob("unknot.data/*.rec")
    expect_in("   No schedule is shown: in all that was recorded one step comes before another, but",
              unknot("report", recording).out)
    explained = unknot("explain", recording, "1").out
    expect_in("   the program had not ended by itself. The one that comes before the other:\n",
              explained)
    expect_in("posts", explained.partition("The one that comes before")[2])


def a_semaphore_that_orders_dismisses():
    report = _report(1, 0)
    expect_equal(report["findings"], [])
    expect_equal([dismissed["reason"] for dismissed in report["dismissed"]], ["ordered"])


def a_semaphore_with_a_unit_too_many_does_not():
    finding, = _report(1, 1)["findings"]
    expect_equal(finding["confidence"], "predicted")


def a_torn_recording_is_analysed_to_its_end_and_orders_nothing():
    """What is missing may order otherwise: no cut says that the cycle cannot be."""
    _report(1, 0)
    recording, = glob.glob("unknot.data/*.rec")
    data = pathlib.Path(recording).read_bytes()
    length, = struct.unpack_from("=Q", data, FILE_BYTES)
    data = data[:length]
    seen = []
    for length in [*range(PAGE, len(data), PAGE), len(data) - 1]:
        pathlib.Path("torn.rec").write_bytes(data[:length])
        done = unknot("report", "--show-dismissed", "torn.rec")
        expect_in("torn.rec is damaged or cut short", done.out)
        expect_not_in("(ordered)", done.out)
        seen.append("lock-order-cycle (possible)" in done.out)
    expect_equal(seen[-1], True, "the cycle, with the last byte gone")


def explain_tells_the_whole_schedule_of_a_recording():
    _report(0, 0)
    recording, = glob.glob("unknot.data/*.rec")
    done = unknot("explain", recording, "1")
    expect_equal(done.status, 0)
    expect_in("   The whole schedule:\n", done.out)
    whole = done.out.partition("   The whole schedule:\n")[2]
    expect_in("creates T2", whole)
    expect_in("begins", whole)


def _wait(end):
    program = compiled("program", WAIT, "-pthread", "-g", f"-DEND={end}")
    done = unknot("run", "--output=report.txt", "--", program)
    with open("report.txt", encoding="utf-8") as file:
        return done, file.read()


def a_wait_under_a_lock_is_told_and_explained():
    done, text = _wait("0")
    expect_equal(done.status, 0)
    title = "T3 waits for ready while it holds table, which T2 needs before it posts it"
    expect_in(f"1. blocked-wait (predicted): {title}\n", text)
    for line in ("     holds table, taken at", "     waits for ready at", "     wants table at",
                 "     only then posts ready, at", "     1. release-first: in second",
                 "simulated schedules do not tell"):
        expect_in(line, text)
    recording, = glob.glob("unknot.data/*.rec")
    done = unknot("explain", recording, "1")
    expect_equal(done.status, 0)
    whole = done.out.partition("   The whole schedule:\n")[2]
    expect_equal((whole.count("wants ready"), whole.count("wants table")), (1, 2))


def a_run_that_did_not_end_by_itself_shows_no_such_wait():
    done, text = _wait("raise(9)")
    expect_equal(done.status, 128 + 9)
    expect_not_in("blocked-wait", text)


def exported_events_say_the_same():
    _report(0, 0)
    recording, = glob.glob("unknot.data/*.rec")
    done = unknot("report", "--export=std", "--output=x.std", recording)
    expect_equal(done.status, 0)
    expect_one_line(done.err, ": 1 of ", "events are left out, which the std format cannot say")
    done = unknot("report", "--input=std", "x.std")
    expect_equal(done.status, 1)
    expect_in("1. lock-order-cycle (predicted)", done.out)


def a_recording_without_events_is_not_exported():
    _report(0, 0, "--no-events")
    recording, = glob.glob("unknot.data/*.rec")
    done = unknot("report", "--export=std", recording)
    expect_equal((done.status, done.out), (2, ""))
    expect_one_line(done.err, "has no events: record them with unknot run, without --no-events")


if __name__ == "__main__":
    main(sys.modules[__name__])
