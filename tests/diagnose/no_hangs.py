"""What is no hang, and what cannot be examined."""

import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import time

from diagnosed import (PATIENCE_S, PROGRAMS, UNKNOT, Diagnosis, Hung, diagnose_json, expect,
                       expect_equal, main, skip)


def _nothing(target, *parts, options=()):
    diagnosis = Diagnosis(target, *options)
    expect_equal(diagnosis.status, 0, "exit status", diagnosis.text + diagnosis.errors)
    diagnosis.expect_text("unknot: no deadlock among ", *parts)
    return diagnosis


def _refused(*arguments, parts):
    """One line on standard error that says why, nothing else, and status 2."""
    done = subprocess.run([UNKNOT, "diagnose", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                          timeout=PATIENCE_S)
    expect_equal((done.returncode, done.stdout), (2, ""), "status and output", done.stderr)
    lines = done.stderr.splitlines()
    expect(len(lines) == 1 and lines[0].startswith("unknot diagnose: "), "one line", done.stderr)
    for part in parts:
        expect(part in lines[0], f"expected {part!r} in:", done.stderr)


def locks_wanted_for_a_time():
    with Hung([PROGRAMS / "stall", "timed_pair"], 3) as hung:
        _nothing(hung.pid, "only for a time")
        expect_equal(diagnose_json(hung.pid)[1]["findings"], [], "findings")
        _nothing(hung.core(), "only for a time")


def lock_held_by_one_that_sleeps():
    with Hung([PROGRAMS / "stall", "held_by_sleeper"], 1, threads=2) as hung:
        for target in (hung.pid, hung.core()):
            _nothing(target, "main thread wants lock_A at ", "(held by thread ", " is in pause()")


def busy_program():
    with Hung([PROGRAMS / "stall", "busy"], 0, threads=2) as hung:
        _nothing(hung.pid, "main thread is in poll(), at ", " runs")


def slow_program():
    with Hung([PROGRAMS / "stall", "slow", "4"], 4, threads=5) as hung:
        for _ in range(5):
            _nothing(hung.pid, options=("--snapshot=0.2",))
        moved = diagnose_json(hung.pid)[1]["processes"][0]["threads_that_ran"]
        expect(moved > 0, "some thread must have run")


def a_snapshot_tells_a_hang_from_slowness():
    """Both have all threads but one in futexes at any one moment."""
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        for _ in range(2):
            diagnosis = Diagnosis(hung.pid, "--snapshot=0.3")
            expect_equal(diagnosis.status, 1, "exit status", diagnosis.text)
            diagnosis.expect_text("1 deadlock among 3 threads; none ran within 300 ms")
    with Hung([PROGRAMS / "stall", "slow", "2"]) as slow:
        for _ in range(2):
            diagnosis = _nothing(slow.pid, " ran within 300 ms", options=("--snapshot=0.3",))
            expect("; none ran" not in diagnosis.text, "some thread must have run", diagnosis.text)


def shell_that_waits():
    process = subprocess.Popen(["sleep", "100"])
    try:
        _nothing(process.pid, "main thread is in ")
    finally:
        process.kill()
        process.wait()


def a_process_goes_on_as_before():
    """Nothing about the process changes: it waits where it waited, and is traced by nobody."""
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        tasks = pathlib.Path(f"/proc/{hung.pid}/task")

        def seen():
            return {task.name: (task / "syscall").read_text() for task in tasks.iterdir()}

        before = seen()
        for _ in range(5):
            expect_equal(Diagnosis(hung.pid).status, 1, "exit status")
        deadline = time.monotonic() + PATIENCE_S
        while seen() != before and time.monotonic() < deadline:
            time.sleep(0.01)
        expect_equal(seen(), before, "system calls")
        expect("TracerPid:\t0\n" in pathlib.Path(f"/proc/{hung.pid}/status").read_text(), "tracer")


def no_such_process():
    _refused("4194304", parts=["there is no process 4194304"])
    _refused("99999999999999999999", parts=["there is no process 99999999999999999999"])


def no_such_file():
    _refused("no/such/core", parts=["neither a process nor a file 'no/such/core'"])


def wrong_usage():
    _refused(parts=["unknot diagnose PID|CORE"])
    _refused("1", "2", parts=["unknot diagnose PID|CORE"])
    for value in ("soon", "-1", "", "1x", "1e99", "nan"):
        _refused(f"--snapshot={value}", "1", parts=["--snapshot"])


def zombie():
    process = subprocess.Popen(["true"])
    try:
        stat = pathlib.Path(f"/proc/{process.pid}/stat")
        while ") Z" not in stat.read_text():
            time.sleep(0.01)
        _refused(process.pid, parts=[f"process {process.pid} has ended already"])
    finally:
        process.wait()


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def _not_permitted(process, privileges, advice):
    """With other privileges diagnose says in one line what to do."""
    try:
        done = subprocess.run([*privileges, UNKNOT, "diagnose", str(process.pid)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")
        if "Permission denied" in done.stderr or done.returncode == 127:
            skip("the command is not readable for others here")
        expect_equal((done.returncode, done.stdout), (2, ""), "status and output", done.stderr)
        expect_equal(len(done.stderr.splitlines()), 1, "lines", done.stderr)
        expect(advice in done.stderr, "what to do", done.stderr)
    finally:
        process.kill()
        process.wait()


def _needs_setpriv():
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        skip("only root can become somebody else")


def process_of_another_user():
    _needs_setpriv()
    _not_permitted(subprocess.Popen(["sleep", "100"]), NOBODY,
                   "not permitted; run this as its user or as root")


def process_that_lets_nobody_look():
    _needs_setpriv()
    hidden = ("import ctypes, time; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); "
              "print(flush=True); time.sleep(100)")
    process = subprocess.Popen([*NOBODY, "/usr/bin/python3", "-c", hidden], cwd="/",
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    _not_permitted(process, NOBODY, "it lets nobody look (set-user-ID, or not dumpable); "
                                    "run this as root")


def root_without_the_capability():
    _needs_setpriv()
    _not_permitted(subprocess.Popen(["sleep", "100"]),
                   ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"],
                   "root lacks the capability to trace here; start the container with "
                   "--cap-add=SYS_PTRACE")


def process_under_a_debugger():
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        gdb = subprocess.Popen(["gdb", "-nx", "-q", "-p", str(hung.pid), "-ex", "echo here\\n"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        try:
            while "here" not in gdb.stdout.readline():
                pass
            diagnosis = Diagnosis(hung.pid)
            expect_equal(diagnosis.status, 1, "exit status", diagnosis.errors)
            diagnosis.expect_text("lock_A and lock_B: 2 threads wait for each other",
                                  f"note: process {gdb.pid} traces this one")
        finally:
            gdb.communicate("detach\nquit\n")


def program_of_32_bits():
    path = pathlib.Path("narrow.c")
    path.write_text("int pause(void);\nint main(void) { return pause(); }\n")
    if subprocess.run(["cc", "-m32", "-o", "narrow", path], stderr=subprocess.DEVNULL).returncode:
        skip("no compiler for 32 bits")
    process = subprocess.Popen(["./narrow"])
    try:
        _refused(process.pid, parts=["runs a 32-bit program"])
    finally:
        process.kill()
        process.wait()


def file_that_is_no_core():
    pathlib.Path("text").write_text("not a core\n" * 100)
    pathlib.Path("empty").write_text("")
    pathlib.Path("packed").write_bytes(b"\x28\xb5\x2f\xfd" + bytes(100))
    _refused("text", parts=["text is not a core file"])
    _refused("empty", parts=["empty is not a core file"])
    _refused("packed", parts=["packed is compressed", "zstd -d"])
    _refused("/", parts=["is not a core file"])
    _refused("/dev/null", parts=["is not a core file"])
    _refused(PROGRAMS / "hang", parts=["is not a core file but a program or library"])


def core_of_another_architecture():
    with Hung([PROGRAMS / "hang", "relock"], 1) as hung:
        core = bytearray(pathlib.Path(hung.core()).read_bytes())
    core[18:20] = struct.pack("<H", 183)
    pathlib.Path("foreign").write_bytes(core)
    _refused("foreign", parts=["foreign is the core of another architecture"])


def core_cut_short():
    """Without its memory the threads are still there; without its notes there is nothing."""
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        core = pathlib.Path(hung.kernel_core()).read_bytes()
    pathlib.Path("short").write_bytes(core[:len(core) * 3 // 4])
    diagnosis = Diagnosis("short")
    expect(diagnosis.status in (0, 1), "exit status", diagnosis.errors)
    diagnosis.expect_text("note: short is cut short")
    expect_equal(diagnose_json("short")[1]["complete"], False, "complete")
    pathlib.Path("header").write_bytes(core[:100])
    _refused("header", parts=["header is cut short"])


def program_rebuilt_since():
    """Another file of that name: the circle is told all the same, names that may be wrong are not."""
    shutil.copy(PROGRAMS / "hang", "copy")
    with Hung([pathlib.Path("copy").resolve(), "lock_pair"], 3) as hung:
        core = hung.core()
        os.unlink("copy")
        expect("lock_A" in Diagnosis(hung.pid).text, "the process still has its file")
        shutil.copy(PROGRAMS / "hang_cpp", "copy")
        expect("lock_A" in Diagnosis(hung.pid).text, "the process still has its file")
    diagnosis = Diagnosis(core)
    expect_equal(diagnosis.status, 1, "exit status", diagnosis.text)
    diagnosis.expect_text("copy is not the file that was running (another build-id)",
                          "2 threads wait for each other")
    expect("lock_A" not in diagnosis.text, "no name of another program", diagnosis.text)
    os.unlink("copy")
    Diagnosis(core).expect_text("copy is not there any more")


def a_reader_of_the_report_may_leave():
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        process = subprocess.Popen([UNKNOT, "diagnose", str(hung.pid)], stdout=subprocess.PIPE)
        process.stdout.close()
        expect_equal(process.wait(), 1, "exit status")


def a_signal_meant_for_the_process_arrives():
    """A stop must not eat a signal that comes at the same time."""
    with Hung([PROGRAMS / "hang", "lock_pair"], 3) as hung:
        hung.process.send_signal(signal.SIGTERM)
        Diagnosis(hung.pid)
        expect_equal(hung.process.wait(timeout=PATIENCE_S), -signal.SIGTERM, "exit status")


if __name__ == "__main__":
    main(sys.modules[__name__])
