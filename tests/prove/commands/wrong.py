"""Command lines that cannot be followed: one clear line, and nothing is run. Plans that cannot be: one
line, and the program runs as it would."""

import os
import pathlib
import subprocess
import sys

from scenes import BUILD, demo, expect_equal, expect_one_line, main, recorded, unknot


def finding_that_is_not_there_is_one_line():
    folder = recorded("three_locks")
    for number, part in (("7", "there is no finding 7: three_locks.data has 1"),
                         ("d3", "no finding d3: three_locks.data has 0 that were set aside"),
                         ("x", "'x' is no number of a finding"), ("0", "'0' is no number")):
        for command, status in (("confirm", 2), ("reproduce", 125)):
            result = unknot(command, folder, number)
            expect_one_line(result.err, f"unknot {command}: ", part)
            expect_equal(result.status, status, f"{command} {number}")


def merged_file_has_no_stacks_to_steer_by():
    folder = recorded("three_locks")
    unknot("merge", "--output=all.merged", folder)
    result = unknot("confirm", "all.merged", 1)
    expect_one_line(result.err, "it comes from a merged file, which has no call stacks")
    expect_equal(result.status, 2)


def misuse_is_no_deadlock_to_steer_into():
    program = pathlib.Path(demo("lock_ab")).parents[1] / "tests/misuse/O0/unlock_unlocked"
    unknot("run", "--data=m", "--", program, "bad")
    result = unknot("confirm", "m", 1)
    expect_one_line(result.err, "it is a misuse, not a deadlock")
    expect_equal(result.status, 2)


def program_that_cannot_be_run_is_one_line():
    folder = recorded("three_locks")
    for command, status in (("confirm", 2), ("reproduce", 127)):
        result = unknot(command, folder, 1, "--", "no-such-program")
        expect_one_line(result.err, "no-such-program")
        expect_equal(result.status, status, command)


def wrong_values_are_one_line():
    folder = recorded("three_locks")
    for arguments, part in (
            (["confirm", "--tries=0", folder, "1"], "--tries=0: expected a number from 1"),
            (["confirm", "--pause=x", folder, "1"], "--pause=x"),
            (["confirm", "--timeout=0", folder, "1"], "--timeout=0"),
            (["confirm", folder], "unknot confirm FILE ID"),
            (["reproduce"], "tell what to reproduce"),
            (["reproduce", "--pause=0", folder, "1"], "--pause=0"),
            (["heal"], "no recording given"),
            (["run", "--perturb=x", "true"], "--perturb=x"),
            (["run", "--try-fix=nonsense", "true"], "expected FILE:ID or FILE:ID:K"),
            (["run", f"--try-fix={folder}:1:99", "true"], "finding 1 has "),
            (["run", f"--try-fix={folder}:8", "true"], "there is no finding 8"),
            (["run", "--heal=no-such-file", "true"], "--heal=no-such-file"),
            (["run", f"--try-fix={folder}:1", "--heal=x", "true"], "give one of them")):
        result = unknot(*arguments)
        expect_one_line(result.err, part)


def plan_needs_a_program():
    folder = recorded("three_locks")
    unknot("reproduce", "--emit-test=t.cmake", folder, 1)
    expect_one_line(unknot("reproduce", "t.plan").err, "give the program to run, behind a '--'")
    expect_one_line(unknot("reproduce", "--pause=5", "t.plan", "--", "true").err,
                    "the plan says itself")
    expect_one_line(unknot("reproduce", "--emit-test=t.plan", folder, 1).err,
                    "this is the name of the plan beside the test")


def unusable_plan_of_a_preload_is_told_at_exit():
    pathlib.Path("odd.plan").write_text("unknot-plan 1\nfix zap a\n", encoding="utf-8")
    for plan, part in (("no-such.plan", "no-such.plan: cannot be opened"),
                       ("odd.plan", "odd.plan, line 2: no such kind of fix")):
        environment = {**os.environ, "LD_PRELOAD": str(BUILD / "lib/libunknot.so"),
                       "UNKNOT_OPTIONS": f"record=none:plan={plan}"}
        done = subprocess.run([demo("gate_lock")], env=environment, check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect_one_line(done.stderr, "unknot: plan ", part)


def folder_that_is_not_ours_is_left_alone():
    folder = recorded("three_locks")
    precious = pathlib.Path("unknot.confirm/1/thesis.txt")
    precious.parent.mkdir(parents=True)
    precious.write_text("years of work")
    result = unknot("confirm", folder, 1)
    expect_one_line(result.err, "unknot.confirm is not a folder of recordings")
    expect_equal(precious.read_text(), "years of work")


if __name__ == "__main__":
    main(sys.modules[__name__])
