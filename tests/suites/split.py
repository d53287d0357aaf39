"""Cycles that no recording shows alone."""

import sys

from scenes import (expect_equal, expect_in, locks_of, main, record, recordings_of, report, split,
                    unknot)


def _found(*runs):
    record("data", *runs)
    return report("data")


def _expect_none(*runs, dismissed=None):
    found = _found(*runs)
    expect_equal(split(found), [], "split findings of " + ", ".join(runs))
    reasons = [one["reason"] for one in found["dismissed"] if one["pid"] == 0]
    expect_equal(reasons, [dismissed] if dismissed else [], "dismissed of " + ", ".join(runs))


def cycle_split_over_two_programs_is_told_once():
    found = _found("one ab", "two ba", "one ab", "two &ba")
    expect_equal(len(found["findings"]), 1, "findings")
    finding = found["findings"][0]
    expect_equal(locks_of(finding), ["lock_a", "lock_b"])
    expect_equal(recordings_of(finding), ["one", "two"])
    expect_equal((finding["confidence"], finding["rule"]), ("possible", "lock-order-cycle"))
    text = unknot("report", "data").out
    expect_in("are taken in opposite orders, in different recordings", text)
    expect_in("recording suite_one.", text)
    expect_in("static in", text)


def cycle_split_over_runs_of_one_program_is_told():
    finding, = split(_found("one ab", "one ba"))
    expect_equal(recordings_of(finding), ["one", "one"])


def cycle_of_three_split_over_two_is_told():
    finding, = split(_found("one ab bc", "two ca"))
    expect_equal(locks_of(finding), ["lock_a", "lock_b", "lock_c"])


def locks_linked_statically_are_the_same_variables():
    finding, = split(_found("static_one ab", "static_two ba"))
    expect_equal(recordings_of(finding), ["static_one", "static_two"])


def equal_names_in_different_files_are_different_locks():
    expect_equal(_found("one ab", "apart ba")["findings"], [], "findings")


def what_one_recording_shows_is_not_told_again():
    found = _found("one pair", "two ba", "one ab")
    expect_equal([finding.get("split") for finding in found["findings"]], [None], "findings")


def gate_is_set_aside():
    _expect_none("one gate ab ungate", "two gate ba ungate", dismissed="gate-lock")


def gate_of_one_half_only_is_none():
    expect_equal(len(split(_found("one gate ab ungate", "two ba"))), 1)


def unknown_lock_that_both_hold_may_be_a_gate():
    _expect_none("one wild ab unwild", "two make wild ba unwild", dismissed="gate-lock")


def half_that_only_tries_is_set_aside():
    _expect_none("one ab", "two try", dismissed="trylock")


def readers_are_set_aside():
    _expect_none("one at", "two ta", dismissed="readers")


def half_done_before_the_second_thread_is_set_aside():
    _expect_none("one ab", "two ba &bc", dismissed="ordered")


def two_halves_done_at_the_start_are_set_aside():
    _expect_none("one ab &bc", "two ba &bc", dismissed="ordered")


def half_done_beside_a_thread_counts():
    expect_equal(len(split(_found("one ab &bc &ab", "two &bc ba"))), 1)


def forked_processes_of_one_program_are_set_aside():
    _expect_none("one &bc ab fork ba", dismissed="separate-processes")


def lock_made_once_in_each_run_is_one_lock():
    finding, = split(_found("one make ma", "two make am"))
    expect_in("mutex created at make (scene.c", " ".join(locks_of(finding)))


def locks_made_at_one_place_are_many():
    found = _found("one make ma more", "two make am")
    expect_equal(split(found), [], "split findings")
    expect_in("1 cycle between different locks of the same classes", unknot("report", "data").out)


def lock_that_others_unlock_is_none():
    _expect_none("one bc relock", "two bc", "one ca", "two ab")


def folders_in_a_folder_are_read_but_old_ones():
    record("suite/a", "one ab")
    record("suite/b/c", "two ba")
    record("suite/b.old", "one pair")
    found = report("suite")
    expect_equal(len(found["processes"]), 2, "processes")
    expect_equal(len(split(found)), 1, "split findings")


def explain_tells_a_split_cycle():
    record("data", "one ab", "two ba")
    done = unknot("explain", "data", 1)
    expect_equal(done.status, 0, done.err)
    expect_in("recording suite_two.", done.out)
    expect_in("Its fingerprint is", done.out)


if __name__ == "__main__":
    main(sys.modules[__name__])
