"""Hangs of C and C++ that diagnose must name, as a process and as a core."""

import pathlib
import sys

from diagnosed import (PROGRAMS, Diagnosis, Hung, diagnose_json, expect, expect_equal, line_of,
                       main, place)

HERE = pathlib.Path(__file__).resolve().parent
C_SOURCE = HERE / "hang.c"
C_HEADER = HERE / "hang.h"
CPP_SOURCE = HERE / "hang_cpp.cpp"


def _only_finding(target, kind, confidence):
    status, report = diagnose_json(target)
    expect_equal(status, 1, "exit status", report)
    expect_equal(len(report["findings"]), 1, "findings", report)
    finding = report["findings"][0]
    expect_equal((finding["kind"], finding["confidence"]), (kind, confidence), "verdict", report)
    return finding


def _edges(finding):
    """{(what is held, what is requested)} of its steps."""
    return {(tuple(sorted(step["holds"])), step["requests"]) for step in finding["steps"]}


def _both(hung, check):
    check(hung.pid)
    check(hung.core())


def _circle(program, case, edges, places, behind=1, in_futex=3, count=()):
    """The case is a circle of these edges, its threads stand at these places."""
    def check(target):
        finding = _only_finding(target, "deadlock", "happened")
        expect_equal(_edges(finding), edges, "edges", finding)
        expect_equal({place(step) for step in finding["steps"]}, places, "places", finding)
        expect_equal(len(finding["stuck_behind"]), behind, "threads behind", finding)

    with Hung([PROGRAMS / program, case, *count], in_futex) as hung:
        _both(hung, check)


def _pair(case, one, other, function, text):
    source = C_HEADER if function == "take_pair" else C_SOURCE
    place_of = (function, line_of(source, text))
    _circle("hang", case, {((one,), other), ((other,), one)}, {place_of})


def mutex_pair():
    _pair("lock_pair", "lock_A", "lock_B", "take_pair", "pthread_mutex_lock(pair->second)")


def mutexes_in_structures():
    _pair("member_pair", "accounts[1].lock", "accounts[2].lock", "take_pair",
          "pthread_mutex_lock(pair->second)")


def recursive_mutexes():
    _pair("recursive_pair", "lock_A", "lock_B", "take_pair", "pthread_mutex_lock(pair->second)")


def adaptive_mutexes():
    _pair("adaptive_pair", "lock_A", "lock_B", "take_pair", "pthread_mutex_lock(pair->second)")


def robust_mutexes():
    _pair("robust_pair", "lock_A", "lock_B", "take_pair", "pthread_mutex_lock(pair->second)")


def priority_inheriting_mutexes():
    _pair("inherit_pair", "lock_A", "lock_B", "take_pair", "pthread_mutex_lock(pair->second)")


def c11_mutexes():
    _pair("c11_pair", "mtx_A", "mtx_B", "mtx_thread", "mtx_lock(argument == &mtx_A ? &mtx_B")


def mutexes_on_the_heap():
    def check(target):
        finding = _only_finding(target, "deadlock", "happened")
        for step in finding["steps"]:
            expect(step["requests"].startswith("mutex at 0x"), "name by address", finding)
        expect_equal(len({step["requests"] for step in finding["steps"]}), 2, "locks", finding)

    with Hung([PROGRAMS / "hang", "heap_pair"], 3) as hung:
        _both(hung, check)


def rwlock_writers():
    _circle("hang", "rwlock_writers",
            {(("catalogue",), "prices"), (("prices",), "catalogue")},
            {("take_catalogue_then_prices", line_of(C_SOURCE, "pthread_rwlock_rdlock(&prices)")),
             ("take_prices_then_catalogue",
              line_of(C_SOURCE, "pthread_rwlock_wrlock(&catalogue)", "*take_prices_then"))})


def once_control_under_lock():
    _circle("hang", "once_under_lock", {(("lock_A",), "control"), (("control",), "lock_A")},
            {("initialise", line_of(C_SOURCE, "pthread_mutex_lock(&lock_A)", "void initialise(")),
             ("once_under_lock", line_of(C_SOURCE, "pthread_once(&control, initialise)",
                                         "void once_under_lock("))},
            behind=0, in_futex=2)


def stream_and_mutex():
    _circle("hang", "stream_pair", {(("lock_A",), "stdout"), (("stdout",), "lock_A")},
            {("stream_then_A", line_of(C_SOURCE, "pthread_mutex_lock(&lock_A)",
                                       "*stream_then_A(")),
             ("stream_pair", line_of(C_SOURCE, 'puts("never printed")'))}, behind=0, in_futex=2)


def ring_of_64():
    _circle("hang", "ring_of",
            {((f"ring[{i}]",), f"ring[{(i + 1) % 64}]") for i in range(64)},
            {("take_ring", line_of(C_SOURCE, "pthread_mutex_lock(&ring[(index + 1)"))},
            in_futex=65, count=("64",))


def pair_within_a_thousand_threads():
    with Hung([PROGRAMS / "hang", "pair_and_crowd", "1000"], 1003) as hung:
        finding = _only_finding(hung.pid, "deadlock", "happened")
        expect_equal(_edges(finding), {(("lock_A",), "lock_B"), (("lock_B",), "lock_A")}, "edges")
        expect_equal(len(finding["stuck_behind"]), 1001, "threads behind")
        Diagnosis(hung.pid).expect_text("... 993 more (--stacks=all)")


def join_under_the_lock_that_the_thread_needs():
    def check(target):
        finding = _only_finding(target, "deadlock", "happened")
        main_thread, other = sorted(finding["steps"], key=lambda step: step["tid"])
        expect_equal(main_thread["thread"], "main thread", "first thread", finding)
        expect_equal(main_thread["holds"], ["lock_A"], "what main holds", finding)
        expect_equal(main_thread["requests"], f"end of {other['thread']}", "request", finding)
        expect_equal(other["requests"], "lock_A", "request of the other", finding)

    with Hung([PROGRAMS / "hang", "join_under_lock"], 2) as hung:
        _both(hung, check)


def mutual_join():
    def check(target):
        finding = _only_finding(target, "deadlock", "happened")
        threads = {f"end of {step['thread']}" for step in finding["steps"]}
        expect_equal({step["requests"] for step in finding["steps"]}, threads, "joined", finding)

    with Hung([PROGRAMS / "hang", "mutual_join"], 2) as hung:
        _both(hung, check)


def _self(case):
    def check(target):
        finding = _only_finding(target, "self-deadlock", "happened")
        expect_equal(_edges(finding), {(("lock_A",), "lock_A")}, "edges", finding)

    with Hung([PROGRAMS / "hang", case], 1) as hung:
        _both(hung, check)


def mutex_locked_again():
    _self("relock")


def priority_inheriting_mutex_locked_again():
    _self("inherit_relock")


def owner_has_ended():
    def check(target):
        finding = _only_finding(target, "deadlock", "happened")
        expect_equal(finding["title"], "lock_A is held by a thread that has ended", "title")

    with Hung([PROGRAMS / "hang", "owner_ended"], 1, threads=1) as hung:
        _both(hung, check)


def owner_did_not_survive_the_fork():
    with Hung([PROGRAMS / "hang", "lost_in_fork"], 1, threads=1, child=True) as hung:
        finding = _only_finding(hung.pid, "deadlock", "happened")
        expect_equal(finding["title"], "lock_A is held by a thread that did not survive the fork "
                                       f"from process {hung.process.pid}", "title")


SPINNING = [f"spins on {lock} (unknown holder: a spinlock does not say who has it)"
            for lock in ("spin_A", "spin_B")]


def _spinning(hung):
    """On a busy machine a thread that spins may be off its processor when it is looked at."""
    found = set()
    for _ in range(50):
        report = diagnose_json(hung.pid)[1]
        expect_equal(report["findings"], [], "findings")
        found |= {(wait["requests"], wait["held_by"]) for wait in report["waiting"]
                  if wait["requests"].startswith("spin_")}
        if len(found) == 2:
            break
    expect_equal({lock for lock, _ in found}, {"spin_A", "spin_B"}, "spinlocks", report)
    expect(all(holder.startswith("unknown holder") for _, holder in found), "holders", report)


def _suspected(case, in_futex, *parts):
    def check(target):
        _only_finding(target, "deadlock", "suspected")
        Diagnosis(target).expect_text("no thread can go on", *parts)

    with Hung([PROGRAMS / "stall", case], in_futex) as hung:
        _both(hung, check)


def two_readers_that_want_to_write():
    _suspected("rwlock_upgrade", 3, "wants catalogue (unknown holder: held for reading 2 times)",
               "release a rwlock that is held for reading")


def signal_before_the_wait():
    _suspected("lost_wakeup", 2, "waits for a signal of ready (any thread may end that)")


def semaphores_taken_crosswise():
    _suspected("semaphore_pair", 3, "waits for a post of sem_A (unknown holder: any thread may end that)",
               "waits for a post of sem_B (unknown holder: any thread may end that)")


def spinlocks_taken_crosswise():
    """Of a living process spinning is told; only a core shows that nobody can go on."""
    with Hung([PROGRAMS / "stall", "spin_pair"], 1, threads=3) as hung:
        _spinning(hung)
        core = hung.core()
    _only_finding(core, "deadlock", "suspected")
    Diagnosis(core).expect_text("no thread can go on", *SPINNING)


def barrier_without_enough_threads():
    _suspected("barrier_missing", 1, "waits for the others at together")


def cpp_mutexes():
    _circle("hang_cpp", "mutexes",
            {(("bank::lock_A",), "bank::lock_B"), (("bank::lock_B",), "bank::lock_A")},
            {("f1", line_of(CPP_SOURCE, "second(lock_B)")),
             ("f2", line_of(CPP_SOURCE, "second(lock_A)"))})


def cpp_shared_mutexes():
    _circle("hang_cpp", "shared_mutexes",
            {(("bank::catalogue",), "bank::prices"), (("bank::prices",), "bank::catalogue")},
            {("shared_mutexes", line_of(CPP_SOURCE, "second(prices)")),
             ("shared_mutexes", line_of(CPP_SOURCE, "second(catalogue)"))})


def cpp_static_variable():
    logger = "bank::logger()::the_logger"
    _circle("hang_cpp", "static_guard",
            {(("bank::lock_A",), logger), ((logger,), "bank::lock_A")},
            {("Logger", line_of(CPP_SOURCE, "guard(lock_A)")),
             ("logger", line_of(CPP_SOURCE, "static Logger the_logger"))}, behind=0, in_futex=2)


def core_by_the_kernel():
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        finding = _only_finding(hung.kernel_core(), "deadlock", "happened")
    expect_equal(_edges(finding), {(("lock_A",), "lock_B"), (("lock_B",), "lock_A")}, "edges")
    expect_equal({place(step)[0] for step in finding["steps"]}, {"take_pair"}, "places", finding)
    expect_equal(len(finding["stuck_behind"]), 1, "threads behind", finding)


def static_binary():
    _circle("hang_static", "lock_pair", {(("lock_A",), "lock_B"), (("lock_B",), "lock_A")},
            {("take_pair", line_of(C_HEADER, "pthread_mutex_lock(pair->second)"))})


def _without_names(program):
    """No symbols: who waits for whom is seen all the same, by addresses."""
    def check(target):
        finding = _only_finding(target, "deadlock", "happened")
        requests = [step["requests"] for step in finding["steps"]]
        holds = [step["holds"] for step in finding["steps"]]
        expect_equal(sorted(holds), sorted([name] for name in requests), "circle", finding)
        expect_equal(len(set(requests)), 2, "locks", finding)
        expect_equal(len(finding["stuck_behind"]), 1, "threads behind", finding)

    with Hung([PROGRAMS / program, "lock_pair"], 3) as hung:
        _both(hung, check)


def stripped_binary():
    _without_names("hang_stripped")


def stripped_static_binary():
    _without_names("hang_static_stripped")


if __name__ == "__main__":
    main(sys.modules[__name__])
