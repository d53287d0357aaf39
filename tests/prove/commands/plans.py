"""What is written as a plan: from a prediction, a deadlock that happened, a process that hangs."""

import pathlib
import signal
import subprocess
import sys
import time

from scenes import (demo, expect_equal, expect_file, main, masked, plan_of, recorded,
                    recorded_deadlock, unknot)


def plan_of_a_prediction_has_each_step_and_its_rank():
    expect_file(masked(plan_of(recorded("three_locks"), 1)), "three_locks.plan")


def plan_tells_callers_as_far_as_they_are_the_program():
    expect_file(masked(plan_of(recorded("join_while_holding"), 1)), "join_while_holding.plan")


def plan_of_a_deadlock_that_happened_has_its_places():
    plan = masked(plan_of(recorded_deadlock("lock_ab"), 1))
    expect_equal(sorted(line for line in plan.splitlines() if "@" in line),
                 ["  holding f1@lock_ab+0xN", "  holding f2@lock_ab+0xN",
                  "  requests f1@lock_ab+0xN", "  requests f2@lock_ab+0xN"], "places")


def wait_without_a_holder_is_a_step_that_waits():
    expect_file(masked(plan_of(recorded("nested_monitor", "hang"), 1)), "nested_monitor.plan")


def signal_without_the_mutex_holds_the_waiter_back():
    program = str(pathlib.Path(demo("lock_ab")).parents[1] / "tests/misuse/O0/signal_unlocked")
    unknot("run", "--data=s", "--misuse=+signal-unlocked", "--", program, "bad")
    plan = masked(plan_of("s", 1))
    expect_equal([line for line in plan.splitlines() if "@" in line],
                 ["  waits waiter@signal_unlocked+0xN"], "places")


def process_that_hangs_tells_where_it_waits():
    unknot("run", "--data=d", "--", demo("lock_ab"))
    with subprocess.Popen([demo("nested_monitor"), "hang"], stdout=subprocess.DEVNULL) as process:
        try:
            plan = ""
            while process.poll() is None and "deliver" not in plan:
                time.sleep(0.05)
                result = unknot("reproduce", "--emit-test=test.cmake", process.pid, "--",
                                demo("nested_monitor"))
                if result.status == 0:
                    plan = masked(pathlib.Path("test.plan").read_text(encoding="utf-8"))
            expect_equal([line for line in plan.splitlines() if "@" in line],
                         ["  waits fetch@nested_monitor+0xN",
                          "  requests deliver@nested_monitor+0xN"], "places")
        finally:
            process.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main(sys.modules[__name__])
