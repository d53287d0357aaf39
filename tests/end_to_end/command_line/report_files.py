"""The files of `report`: recordings it cannot read, places it cannot write, terminals."""

import os
import pathlib
import resource
import subprocess
import sys

from cases import (UNKNOT, expect_equal, expect_in, expect_not_in, expect_one_line, main,
                   unknot)
from example import example, report, report_json
from recording import RUNNING, Recording, inversion


def bad_recordings_are_one_line_each():
    good = example().data()
    bad = {"empty.rec": (b"", "empty"), "text.rec": (b"hello" * 2000, "not a recording"),
           "random.rec": (os.urandom(9000), "not a recording"),
           "short.rec": (good[:100], "not a recording"),
           "newer.rec": (Recording(version=9, min_reader=9).data(), "newer")}
    for name, (data, _) in bad.items():
        pathlib.Path(name).write_bytes(data)
        result = report(name, status=2)
        expect_one_line(result.err, name)
        expect_equal(result.out, "")
    result = report("no-such.rec", status=2)
    expect_one_line(result.err, "no-such.rec", "No such file")
    expect_one_line(report(".", "/dev/null", status=2).err.splitlines()[-1], "/dev/null")
    pathlib.Path("x.rec").write_bytes(good)
    result = report(".", status=1)
    expect_equal(len(result.err.splitlines()), len(bad), "lines, one for each bad file")
    expect_in("lock_A and lock_B", result.out)
    expect_in("note: 5 files could not be analysed", result.out)


def folder_without_recordings_is_one_line():
    expect_one_line(report(".", status=2).err, "holds no recording")
    expect_one_line(report(status=2).err, "no recording given")


def unreadable_and_clean_together_is_no_success():
    recording = Recording()
    recording.process("/bin/prog")
    recording.write("x.rec")
    report("x.rec", "no-such.rec", status=2)


def torn_recording_is_analysed_as_far_as_it_goes():
    data = example().data()
    pathlib.Path("x.rec").write_bytes(data[:4096 + 64])
    out = report("x.rec", status=0).out
    expect_in("x.rec is damaged or cut short", out)
    expect_equal(report_json("x.rec", status=0)["complete"], False)


def each_process_says_whether_it_is_complete():
    example().write("a.rec")
    inversion(Recording(pid=4343, lost=(3,))).write("b.rec")
    processes = report_json(".", status=1)["processes"]
    expect_equal([(p["pid"], p["complete"], list(p["lost"].values())) for p in processes],
                 [(4242, True, []), (4343, False, [3])])


def losses_and_a_missing_end_are_said():
    recording = inversion(Recording(lost=(3,), state=RUNNING))
    out = report(recording.write("x.rec"), status=1).out
    expect_in("records not written: the output place is full or a file size limit was reached "
              "(3)", out)
    expect_in("1 recording did not end normally, or still runs", out)
    document = report_json("x.rec", status=1)
    expect_equal((document["complete"], document["lost"]["space"]), (False, 3))


def waiting_threads_of_a_killed_program_are_said():
    recording = example(state=RUNNING)
    recording.live(1, [])
    recording.live(2, [1], wanted=2)
    out = report(recording.write("x.rec"), status=1).out
    expect_in("note: process 4242: when the recording ended, T2 'first' was waiting for lock_B, "
              "holding lock_A\n", out)
    expect_equal(out.count("was waiting"), 1)


def deadlock_that_happened_replaces_its_prediction():
    recording = example()
    recording.deadlock([(2, 2, 2, [1]), (3, 1, 4, [2])], stuck=[(1, 1, 5, [])], flags=2)
    out = report(recording.write("x.rec"), status=1).out
    expect_in("1. deadlock (happened): 2 threads wait for each other: lock_A and lock_B", out)
    expect_in("the program was ended for it", out)
    expect_in("stuck behind them:\n   main thread\n     wants lock_A at ", out)
    expect_in("unknot: 1 finding in", out)
    finding, = report_json("x.rec", status=1)["findings"]
    expect_equal((finding["kind"], finding["rule"], finding["confidence"]),
                 ("deadlock", "circle", "happened"))
    expect_equal([step["requests"] for step in finding["steps"]], ["lock_B", "lock_A"])
    expect_equal([step["thread"] for step in finding["stuck_behind"]], ["main thread"])


def deadlock_over_other_requests_leaves_the_prediction():
    recording = example()
    recording.deadlock([(1, 1, 5, [1])], sort=2, flags=1)
    findings = report_json(recording.write("x.rec"), status=1)["findings"]
    expect_equal([(f["kind"], f["confidence"]) for f in findings],
                 [("self-deadlock", "suspected"), ("lock-order-cycle", "possible")])


def lock_whose_holder_is_gone_names_the_holder():
    recording = example()
    recording.deadlock([(1, 1, 5, []), (2, 0, 0, [1])], sort=3)
    finding = report_json(recording.write("x.rec"), status=1)["findings"][0]
    expect_equal((finding["rule"], len(finding["steps"]), finding["gone"]["thread"]),
                 ("owner-gone", 1, "T2 'first'"))
    expect_in("main thread waits for lock_A, which a thread held when it ended",
              report("x.rec", status=1).out)


def _deadlocks_of(*paths):
    found = report_json(*paths, status=1)["findings"]
    return [finding for finding in found if finding["kind"] == "deadlock"]


def deadlock_across_processes_is_told_once():
    for pid, other in (11, 22), (22, 11):
        recording = example(pid=pid)
        own = (2, 2, 2, [1]) if pid == 11 else (3, 1, 4, [2])
        theirs = (3, 1, 4, [2], other) if pid == 11 else (2, 2, 2, [1], other)
        recording.deadlock([own, theirs])
        recording.write(f"{pid}.rec")
    finding, = _deadlocks_of("11.rec", "22.rec")
    expect_equal([step["pid"] for step in finding["steps"]], [11, 22])
    expect_equal([step["thread"] for step in finding["steps"]],
                 ["process 11 T2 'first'", "process 22 T3"])
    finding, = _deadlocks_of("22.rec")
    expect_equal([step["thread"] for step in finding["steps"]], ["T3"])


def processes_with_nothing_to_say_are_only_counted():
    example(pid=11).write("a.rec")
    quiet = Recording(pid=22)
    quiet.process("/bin/quiet", arguments=("quiet",))
    quiet.write("b.rec")
    out = report(".", status=1).out
    expect_in("== process 11: ./prog -v\n", out)
    expect_not_in("quiet", out)
    expect_in("unknot: 1 finding in 2 processes", out)


def output_file_gets_the_report():
    pathlib.Path("report.txt").write_text("previous" * 10000)
    result = report("--output=report.txt", example().write("x.rec"), status=1)
    expect_equal(result.out, "")
    text = pathlib.Path("report.txt").read_text()
    expect_in("lock_A and lock_B", text)
    expect_not_in("previous", text)


def report_that_cannot_be_written_is_one_line():
    path = example().write("x.rec")
    result = report("--output=/no/such/place", path, status=2)
    expect_one_line(result.err, "/no/such/place")
    expect_one_line(report("--output=/dev/full", path, status=2).err, "No space left")
    with open("/dev/full", "w") as full:
        expect_one_line(report(path, status=2, stdout=full).err, "No space left")


def file_size_limit_is_one_line():
    path = example().write("x.rec")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    result = unknot("report", "--output=report.txt", path, preexec_fn=limit)
    expect_one_line(result.err, "report.txt", "File too large")
    expect_equal(result.status, 2)


def broken_pipe_is_quiet():
    example().write("x.rec")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        result = report("x.rec", status=1, stdout=pipe)
    expect_equal(result.err, "")


def color_is_asked_for():
    path = example().write("x.rec")
    expect_not_in("\x1b", report(path, status=1).out)
    expect_not_in("\x1b", report("--color=never", path, status=1).out)
    expect_in("\x1b[1m", report("--color=always", path, status=1).out)


def color_on_a_terminal_unless_refused():
    example().write("x.rec")
    for environment, colored in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                                 ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        ours, theirs = os.openpty()
        subprocess.run([UNKNOT, "report", "x.rec"], stdout=theirs,
                       env={**os.environ, **environment})
        os.close(theirs)
        expect_equal(b"\x1b" in os.read(ours, 65536), colored, str(environment))
        os.close(ours)


if __name__ == "__main__":
    main(sys.modules[__name__])
