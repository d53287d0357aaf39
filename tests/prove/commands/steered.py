"""Runs that are steered: what confirm and reproduce say and leave behind, and the test to keep."""

import json
import os
import pathlib
import subprocess
import sys

from scenes import (DEADLOCK, ROOT, compiled, demo, expect_equal, expect_in, main, plan_of,
                    recorded, swapped_demo, unknot)


def _last_run():
    """The folder of the last run of confirm."""
    return max(pathlib.Path("unknot.confirm").iterdir(), key=lambda path: int(path.name))


def deadlock_that_was_predicted_is_confirmed():
    folder = recorded("lock_ab_lucky")
    result = unknot("confirm", folder, 1)
    expect_equal(result.status, 1, result.out + result.err)
    expect_in("unknot: finding 1 is confirmed: the program deadlocked in run ", result.out)
    expect_in("deadlock (confirmed): 2 threads wait for each other", result.out)
    last = _last_run()
    names = {path.name for path in last.iterdir()}
    expect_equal(names >= {"steps.plan", "output"}, True, f"files: {names}")
    report = json.loads(unknot("report", "--format=json", last).out)
    expect_equal(report["findings"][0]["confidence"], "confirmed", "confidence in JSON")


def plan_of_the_run_that_confirmed_it_does_it_once_more():
    folder = recorded("three_locks")
    expect_equal(unknot("confirm", folder, 1).status, 1, "confirmed")
    result = unknot("reproduce", _last_run() / "steps.plan", "--", demo("three_locks"))
    expect_equal(result.status, DEADLOCK, result.err)
    expect_in("the program deadlocked as it was to", result.err)


def what_cannot_happen_is_not_reached_and_says_how_far_it_came():
    folder = recorded("gate_lock")
    result = unknot("confirm", "--tries=2", "--pause=50", folder, "d1")
    expect_equal(result.status, 0, result.out + result.err)
    expect_in("finding d1 was not reached in 2 runs", result.out)
    for part in ("holds left, requests right in left_first: reached in all runs",
                 "holds right, requests left in right_first: reached in all runs"):
        expect_in(part, result.out)  # which is step 1 is who came first as it was recorded
    expect_in("at step 1 and step 2 no two threads stood at the same time", result.out)


def another_deadlock_on_the_way_confirms_nothing():
    folder = recorded("lock_ab_lucky")
    pathlib.Path("hang.sh").write_text(f"{demo('rwlock_upgrade')} hang\n")
    result = unknot("confirm", "--tries=1", folder, 1, "--", "/bin/sh", "hang.sh")
    expect_equal(result.status, 0, result.out + result.err)
    expect_in("another deadlock on the way, which is not this one: ", result.out)
    expect_in("step 1, holds lock_A, requests lock_B in f1: never reached", result.out)


def program_that_was_fixed_runs_through_the_same_plan():
    folder = recorded("lock_ab_lucky")
    fixed = swapped_demo("lock_ab_lucky", "pthread_mutex_lock(&lock_B);",
                         "pthread_mutex_lock(&lock_A);")
    os.mkdir("fixed")
    program = compiled("fixed/lock_ab_lucky", fixed)
    plan_of(folder, 1)
    result = unknot("reproduce", "test.plan", "--", program)
    expect_equal(result.status, 0, result.err)
    expect_in("lock_ab_lucky was built anew since then", result.err)
    expect_in("the program did not deadlock, steered by plan test.plan", result.err)
    expect_in("f2: has lock_B and lock_A", result.out)


def test_that_is_written_fails_before_the_fix_and_passes_after():
    folder = recorded("lock_ab_lucky")
    fixed = swapped_demo("lock_ab_lucky", "pthread_mutex_lock(&lock_B);",
                         "pthread_mutex_lock(&lock_A);").resolve()
    plan_of(folder, 1)
    pathlib.Path("CMakeLists.txt").write_text(f"""cmake_minimum_required(VERSION 3.20)
project(bank C)
enable_testing()
add_executable(lock_ab_lucky ${{SOURCE}})
target_include_directories(lock_ab_lucky PRIVATE "{ROOT}")
target_compile_options(lock_ab_lucky PRIVATE -g -O1 -fno-inline)
target_link_libraries(lock_ab_lucky PRIVATE pthread)
include(test.cmake)
""")
    unknot_path = f"-DUNKNOT={os.environ['UNKNOT']}"
    for source, status in ((ROOT / "demos/lock_ab_lucky.c", 8), (fixed, 0)):
        for arguments in (["-B", "build", unknot_path, f"-DSOURCE={source}"], ["--build", "build"]):
            subprocess.run([os.environ["CMAKE_COMMAND"], *arguments], check=True,
                           stdout=subprocess.DEVNULL)
        done = subprocess.run([os.environ["CTEST_COMMAND"], "--output-on-failure"], cwd="build",
                              stdout=subprocess.PIPE, text=True, check=False)
        expect_equal(done.returncode, status, done.stdout)


def program_gets_its_input_in_every_run():
    pathlib.Path("script").write_text(f"read word; echo got $word; {demo('gate_lock')}\n")
    pathlib.Path("input").write_text("bread\n")
    unknot("run", "--data=r", "--", demo("gate_lock"))
    with open("input", encoding="utf-8") as stream:
        unknot("confirm", "--tries=2", "--pause=1", "r", "d1", "--", "/bin/sh", "script",
               stdin=stream)
    for run in "12":
        expect_in("got bread", pathlib.Path(f"unknot.confirm/{run}/output").read_text())


if __name__ == "__main__":
    main(sys.modules[__name__])
