"""Fixes that are applied while the program runs: --try-fix, heal, --heal."""

import json
import pathlib
import sys

from scenes import (demo, expect_equal, expect_in, expect_one_line, main, masked, recorded, recorded_deadlock,
                    unknot)

ENDED = "all three threads ended\n"


def _fix_of_kind(folder, kind):
    """Its number."""
    report = json.loads(unknot("report", "--format=json", folder).out)
    kinds = [fix["kind"] for fix in report["findings"][0]["fixes"]]
    return kinds.index(kind) + 1


def program_that_hangs_ends_with_a_fix_and_the_report_begins_with_what_came_of_it():
    folder = recorded_deadlock("lock_ab")
    number = _fix_of_kind(folder, "recursive-lock")
    result = unknot("run", f"--try-fix={folder}:1:{number}", "--", demo("lock_ab"))
    expect_equal(result.status, 0, result.err)
    expect_in(ENDED, result.out)
    lines = result.err.splitlines()
    expect_equal(lines[:3], [f"unknot: tried fix {number} of finding 1: one recursive lock",
                             "   the finding is gone", "   nothing new was found"], "first lines")
    expect_in(" s, where it deadlocked", lines[3])
    expect_in("with fix merge '", result.err)


def locks_of_python_get_advice_and_no_fix_that_means_all_of_them():
    unknot("run", "--data=p", "--", "/usr/bin/python3", demo("python/lock_ab_lucky.py"))
    text = unknot("report", "p").out
    expect_in("are taken in opposite orders\n", text)
    expect_in("   what helps: take ", text)
    finding, = json.loads(unknot("report", "--format=json", "p").out)["findings"]
    expect_equal([(fix["kind"], fix["verified"]) for fix in finding["fixes"]],
                 [("remedy", False)], "fixes")
    healed = unknot("heal", "p")
    expect_in("0 of 1 findings healed", healed.err)
    result = unknot("run", "--try-fix=p:1", "--", "true")
    expect_one_line(result.err, "unknot run: finding 1 has no fix")


def heal_leaves_a_plan_alone_if_it_can_read_nothing():
    pathlib.Path("heal.conf").write_text("kept", encoding="utf-8")
    expect_equal(unknot("heal", "--output=heal.conf", "no-such-file").status, 2)
    expect_equal(pathlib.Path("heal.conf").read_text(encoding="utf-8"), "kept")


def fix_of_locks_that_are_not_used_is_told_as_not_applied():
    folder = recorded("lock_ab_lucky")
    result = unknot("run", f"--try-fix={folder}:1", "--", "true")
    expect_in("it was not applied", result.err)


def program_runs_with_the_fixes_that_heal_wrote():
    folder = recorded_deadlock("lock_ab")
    healed = unknot("heal", folder)
    expect_equal(healed.status, 0, healed.err)
    expect_in("1 of 1 findings healed", healed.err)
    expect_in("# finding 1: 2 threads wait for each other: ", healed.out)
    expect_in("\nfix ordered lock_", masked(healed.out))
    pathlib.Path("heal.conf").write_text(healed.out, encoding="utf-8")
    result = unknot("run", "--heal=heal.conf", "--", demo("lock_ab"))
    expect_equal(result.status, 0, result.err)
    expect_in(ENDED, result.out)


def what_cannot_be_healed_is_said_in_the_file():
    recorded("lost_wakeup", "hang")
    healed = unknot("heal", "lost_wakeup.data")
    expect_in("# finding 1: ", healed.out)
    expect_in("not healed", healed.out)
    expect_in("0 of 1 findings healed", healed.err)


def fix_that_is_an_edit_cannot_be_tried():
    folder = recorded("lock_ab_lucky")
    number = _fix_of_kind(folder, "try-backoff")
    result = unknot("run", f"--try-fix={folder}:1:{number}", "--", demo("lock_ab_lucky"))
    expect_equal(result.status, 125)
    expect_in("cannot be tried: it changes what the program does", result.err)


if __name__ == "__main__":
    main(sys.modules[__name__])
