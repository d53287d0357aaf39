"""`run` and `demo`: the program runs as if alone, is recorded, and is reported on."""

import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

from cases import (UNKNOT, compiled, expect_equal, expect_in, expect_not_in, expect_one_line, main,
                   skip, unknot)

DATA = pathlib.Path("unknot.data")
# Two threads, one after the other by a flag no tool can see, take two locks in both orders.
INVERSION = r"""
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER, lock_B = PTHREAD_MUTEX_INITIALIZER;
static atomic_int turn;
static void both(int mine, pthread_mutex_t *first, pthread_mutex_t *second)
{
    while (atomic_load(&turn) != mine)
        sched_yield();
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
    atomic_store(&turn, mine + 1);
}
static void *f1(void *unused) { both(0, &lock_A, &lock_B); return unused; }
static void *f2(void *unused) { both(1, &lock_B, &lock_A); return unused; }
int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, f1, NULL);
    pthread_create(&threads[1], NULL, f2, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 5;
}
"""


def _run(*arguments, status, **keywords):
    result = unknot("run", *arguments, **keywords)
    expect_equal(result.status, status, "exit status, with stderr " + result.err)
    return result


def _shell(script):
    return "sh", "-c", script


def _library(name):
    pathlib.Path("library.c").write_text("int stand_in(void) { return 0; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", name, "library.c"],
                   check=True)


def report_ends_with_what_was_not_seen():
    _library("libjvm.so")
    source = ('#include <dlfcn.h>\n#include <stdlib.h>\n'
              'int main(void) { return dlopen(getenv("LIBRARY"), RTLD_NOW) == 0; }\n')
    program = compiled("loads", source)
    environment = {**os.environ, "LIBRARY": os.getcwd() + "/libjvm.so"}
    text = _run(program, status=0, env=environment).err
    last = text.splitlines()[-1]
    expect_in("not seen, and used here: Java monitors", last)
    report = json.loads(unknot("report", "--format=json", DATA).out)
    expect_in("Java monitors", report["processes"][0]["unseen"][0])
    text = _run(program, status=1, env={**os.environ, "LIBRARY": "/nowhere"}).err
    expect_not_in("not seen", text)


def killed_program_is_known_by_what_it_loaded():
    _library("libQt6Core.so")
    source = ('#include <signal.h>\n#include <unistd.h>\nint stand_in(void);\n'
              'int main(void) { return stand_in() + kill(getpid(), SIGKILL); }\n')
    program = compiled("dies", source, "./libQt6Core.so", "-Wl,-rpath,$ORIGIN")
    expect_in("Qt 6's QMutex", _run(program, status=128 + 9).err)


def program_keeps_its_status_and_output():
    result = _run("--", *_shell("echo out; echo err >&2; exit 3"), status=3)
    expect_equal(result.out, "out\n")
    expect_in("err\n", result.err)
    expect_in("unknot: no lock-order problem", result.err)
    expect_equal(len(list(DATA.glob("*.0.rec"))), 1, "recordings")


def status_of_a_killed_program():
    _run("--quiet", *_shell("kill -TERM $$"), status=143)
    _run("--quiet", *_shell("kill -KILL $$"), status=137)


def finding_is_reported_and_leaves_the_status_alone():
    program = compiled("inversion", INVERSION, "-pthread")
    result = _run(program, status=5)
    expect_in("lock_A and lock_B are taken in opposite orders", result.err)
    expect_in("to see this again: unknot report unknot.data\n", result.err)
    expect_equal(unknot("report", DATA).status, 1, "status of report")


def finding_sets_the_status_that_was_asked_for():
    program = compiled("inversion", INVERSION, "-pthread")
    _run("--ci", program, status=66)
    _run("--error-exitcode=9", program, status=9)
    _run("--ci", "--fail-on=possible", program, status=66)
    _run("--ci", "true", status=0)


def quiet_is_quiet_only_without_findings():
    expect_equal(_run("--quiet", "true", status=0).err, "")
    expect_in("lock_A", _run("--quiet", compiled("inversion", INVERSION, "-pthread"),
                             status=5).err)


def output_file_leaves_standard_error_alone():
    result = _run("--output=report.json", "--format=json",
                  compiled("inversion", INVERSION, "-pthread"), status=5)
    expect_equal(result.err, "")
    expect_in('"findings"', pathlib.Path("report.json").read_text())


def formats_with_files_are_written_beside_the_text():
    result = _run("--ci", "--format=json:a.json", "--format=sarif:a.sarif",
                  compiled("inversion", INVERSION, "-pthread"), status=66)
    expect_in("1. lock-order-cycle", result.err)
    expect_not_in("lock-order-cycle", result.out)
    run, = json.loads(pathlib.Path("a.sarif").read_text())["runs"]
    expect_equal(run["invocations"][0]["exitCode"], 66)
    expect_equal(len(json.loads(pathlib.Path("a.json").read_text())["findings"]), 1)


def quiet_leaves_formats_with_files():
    expect_equal(_run("--quiet", "--format=junit:a.xml", "true", status=0).err, "")
    expect_in('name="no finding"', pathlib.Path("a.xml").read_text())


def program_does_not_start_when_a_format_has_no_place():
    result = _run("--format=sarif:/no/such/place", "sh", "-c", "echo started", status=125)
    expect_equal(result.out, "")
    expect_one_line(result.err, "/no/such/place")


def format_that_cannot_be_written_at_last_leaves_the_others():
    result = _run("--ci", "--format=sarif:/dev/full", "--format=json:a.json",
                  compiled("inversion", INVERSION, "-pthread"), status=125)
    expect_in("cannot write the whole report to /dev/full", result.err)
    expect_in("1. lock-order-cycle", result.err)
    expect_equal(len(json.loads(pathlib.Path("a.json").read_text())["findings"]), 1)


def confidence_to_fail_on_is_asked_for():
    program = compiled("inversion", INVERSION, "-pthread")
    _run("--ci", "--fail-on=happened", program, status=5)
    _run("--error-exitcode=9", "--fail-on=suspected", program, status=5)
    _run("--error-exitcode=9", "--fail-on=predicted", program, status=9)
    _run("--error-exitcode=9", "--fail-on=predicted", "--no-events", program, status=5)


def previous_recordings_are_kept_once():
    for name in ("sh", "true", "false"):
        _run("--quiet", name, *(["-c", ":"] if name == "sh" else []), status=name == "false")
    expect_equal([p.name.split(".")[0] for p in DATA.iterdir()], ["false"])
    old = pathlib.Path("unknot.data.old")
    expect_equal([p.name.split(".")[0] for p in old.iterdir()], ["true"])


def foreign_folder_is_left_alone():
    for place in ("unknot.data", "unknot.data.old"):
        shutil.rmtree("unknot.data", ignore_errors=True)
        shutil.rmtree("unknot.data.old", ignore_errors=True)
        DATA.mkdir()
        pathlib.Path(place).mkdir(exist_ok=True)
        pathlib.Path(place, "thesis.tex").write_text("precious")
        expect_one_line(_run(*_shell("echo started >&2"), status=125).err, place + " is not")
        expect_equal(pathlib.Path(place, "thesis.tex").read_text(), "precious")


def link_in_place_of_the_folder_is_left_alone():
    pathlib.Path("elsewhere").mkdir()
    DATA.symlink_to("elsewhere")
    expect_one_line(_run("true", status=125).err, "unknot.data is not")


def folder_with_special_characters():
    for name in ("a b", "a:b", "100%p", "back\\slash", "%%", "ü'\""):
        _run("--quiet", "--data=" + name, "true", status=0)
        expect_equal(len(list(pathlib.Path(name).glob("true.*.rec"))), 1, name)


def folder_that_cannot_be_made_is_one_line():
    for place in ("/proc/unknot", "/dev/null/unknot", "missing/parent"):
        result = _run("--data=" + place, *_shell("echo started"), status=125)
        expect_one_line(result.err, place)
        expect_equal(result.out, "")


def report_file_that_cannot_be_written_is_one_line():
    result = _run("--output=/no/such/report", *_shell("echo started"), status=125)
    expect_one_line(result.err, "/no/such/report")
    expect_equal(result.out, "")
    result = _run("--output=/dev/full", *_shell("echo started"), status=125)
    expect_one_line(result.err, "No space left")
    expect_equal(result.out, "started\n")


def file_size_limit_harms_nobody():
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    result = unknot("run", *_shell("echo out; exit 4"), preexec_fn=limit)
    expect_equal(result.out, "out\n")
    expect_equal(len(result.err.splitlines()), 1, "lines in " + result.err)
    expect_equal(result.status, 4)


def full_disk_harms_nobody():
    script = ("mount -t tmpfs -o size=4k none full && cd full && head -c 4096 /dev/zero >fill; "
              f"exec '{UNKNOT}' run -- sh -c 'echo out; exit 4'")
    pathlib.Path("full").mkdir()
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        skip("this system lets nobody mount in a namespace of their own")
    result = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True,
                            text=True)
    expect_equal(result.stdout, "out\n")
    expect_equal(result.returncode, 4)


def own_preloads_and_options_are_kept():
    library = compiled("mine.so", "int unused_name;", "-shared", "-fPIC")
    environment = {**os.environ, "LD_PRELOAD": library, "UNKNOT_OPTIONS": "stack_depth=3"}
    out = _run("--quiet", *_shell('echo "$LD_PRELOAD $UNKNOT_OPTIONS"'), status=0,
               env=environment).out
    preload, options = out.split()
    expect_equal(preload.split(":")[1:], [library])
    assert preload.split(":")[0].endswith("/libunknot.so"), preload
    assert options.startswith("record=/") and options.endswith(":stack_depth=3"), options


def library_that_does_not_record_is_noticed():
    library = compiled("idle.so", "int unused_name;", "-shared", "-fPIC")
    result = _run("--library=" + library, *_shell("echo out"), status=125)
    expect_one_line(result.err, "was not watched")
    expect_equal(result.out, "out\n")
    _run("--library=" + library, *_shell("exit 6"), status=6)
    _run("--allow-unwatched", "--library=" + library, "true", status=0)


def timeout_ends_the_program_and_reports():
    started = time.monotonic()
    result = _run("--timeout=1", "sleep", "100", status=143)
    assert time.monotonic() - started < 30
    expect_in("was ended after 1 second", result.err)
    expect_in("unknot: no lock-order problem", result.err)


def timeout_kills_a_program_that_ignores_sigterm():
    _run("--timeout=1", "--quiet", *_shell("trap '' TERM; while :; do sleep 1; done"), status=137)


def termination_is_passed_on():
    for sent in (signal.SIGTERM, signal.SIGHUP):
        with subprocess.Popen([UNKNOT, "run", "--quiet", "sh", "-c",
                               "trap 'exit 11' TERM; trap 'exit 12' HUP; echo ready; "
                               "while :; do sleep 0.1; done"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            expect_equal(process.stdout.readline(), b"ready\n")
            process.send_signal(sent)
            expect_equal(process.wait(), 11 if sent == signal.SIGTERM else 12)


def interrupt_is_left_to_the_program():
    with subprocess.Popen([UNKNOT, "run", "sh", "-c", "trap 'exit 13' INT; echo ready; "
                           "while :; do sleep 0.1; done"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        expect_equal(process.stdout.readline(), "ready\n")
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate()
    expect_equal(process.returncode, 13)
    expect_in("unknot: no lock-order problem", err)


def ignored_signals_stay_ignored():
    def ignore():
        for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)

    show = ("import signal; print(*[signal.getsignal(n).name for n in (signal.SIGCHLD, "
            "signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM)])")
    alone = subprocess.run(["/usr/bin/python3", "-c", show], preexec_fn=ignore,
                           capture_output=True, text=True, restore_signals=False)
    result = _run("--quiet", "/usr/bin/python3", "-c", show, status=0, preexec_fn=ignore,
                  restore_signals=False)
    expect_equal(result.out, alone.stdout)


def script_runs_under_its_interpreter():
    pathlib.Path("script").write_text("#!/bin/sh\necho \"$0 $*\"\n")
    pathlib.Path("bare").write_text("echo \"$0 $*\"\n")
    for name in ("./script", "./bare"):
        os.chmod(name, 0o755)
        expect_equal(_run("--quiet", name, "a b", "c", status=0).out, name + " a b c\n")


def every_program_executed_is_recorded():
    result = _run(*_shell("/bin/true; exec /bin/true"), status=0)
    expect_in(" processes, ", result.err)
    names = [path.name.split(".")[0] for path in DATA.iterdir()]
    expect_equal(names.count("true"), 2, "recordings of true")
    assert pathlib.Path(shutil.which("sh")).resolve().name in names, names


def reader_of_the_report_that_goes_away_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run([UNKNOT, "run", "sh", "-c", "exit 3"], stderr=writer)
    os.close(writer)
    expect_equal(process.returncode, 3)


def demos_are_listed_with_what_to_expect():
    result = unknot("demo")
    expect_equal(result.status, 0)
    for part in ("Locks in two orders\n", "  lock_ab_lucky ", "expect: finding: lock_A and lock_B",
                 "  python/lock_ab_lucky ", "unknot demo NAME"):
        expect_in(part, result.out)


def demo_runs_by_name():
    result = unknot("demo", "--ci", "lock_ab_lucky")
    expect_equal(result.status, 66)
    expect_in("lock_A and lock_B are taken in opposite orders", result.err)
    expect_in("| pthread_mutex_lock(&lock_B);", result.err)


def python_demo_runs_by_name():
    result = unknot("demo", "python/lock_ab_recursive")
    expect_equal(result.status, 0)
    expect_in("thread 1 (f1): has lock_AB twice\n", result.out)
    expect_in("no lock-order problem in 4 threads", result.err)


def python_demo_without_python_is_one_line():
    hidden = pathlib.Path("hidden")
    hidden.touch()
    hide = f"mount --bind {hidden.resolve()} /usr/bin/python3"
    script = f'{hide} || exit 77; exec "$0" demo python/lock_ab'
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script, UNKNOT],
                          capture_output=True, text=True)
    if done.returncode in (1, 77):
        skip("no mount namespace: " + done.stderr.strip())
    expect_equal(done.returncode, 125)
    expect_one_line(done.stderr, "'python/lock_ab' needs /usr/bin/python3", "install")


def demos_saved_by_luck_hang_when_told():
    _, _, group = unknot("demo").out.partition("Saved by luck")
    names = re.findall(r"^  (\w\S+) ", group, re.M)
    assert names, group
    for name in names:
        result = unknot("demo", "--timeout=2", name, "hang")
        if result.status == 66:
            expect_in("deadlock (happened)", result.err)
        else:
            expect_equal(result.status, 128 + 15, name)
            expect_in("was ended after 2 seconds", result.err)


def demo_that_hangs_is_ended_unasked():
    # Python handles signals, and a handler might post what it waits for: no deadlock is told.
    result = unknot("demo", "python/nested_monitor", "hang")
    expect_equal(result.status, 128 + 15)
    expect_in("was ended after 10 seconds", result.err)


def unknown_demo_is_one_line():
    result = unknot("demo", "nonsense")
    expect_one_line(result.err, "no demo is called 'nonsense'")
    expect_equal(result.status, 125)


def help_and_errors_leave_nothing_behind():
    unknot("run", "--help")
    unknot("run", "--bogus", "true")
    unknot("run", "no-such-program")
    expect_equal(os.listdir("."), [])


if __name__ == "__main__":
    main(sys.modules[__name__])
