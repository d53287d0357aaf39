"""What is known, or was suppressed, is not told again: suppressions of three formats, baselines,
`diff`, and files that lie elsewhere."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import jsonschema

from cases import ROOT, compiled, expect_equal, expect_in, expect_not_in, expect_one_line, main
from cases import skip, unknot

# Two inversions by functions of their own, and a misuse; @NAME@ is where tests put more code.
PROGRAM = """@TOP@
#include <pthread.h>
#include <unistd.h>
static int turn;
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t c = PTHREAD_MUTEX_INITIALIZER, d = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t loose = PTHREAD_MUTEX_INITIALIZER;
@GLOBAL@
static void take(pthread_mutex_t *first, pthread_mutex_t *second)
{
    @TAKE@
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}
static void deposit(void) { take(&a, &b); }
static void withdraw(void) { take(&b, &a); }
static void open_account(void) { take(&c, &d); }
static void close_account(void) { take(&d, &c); }
static void *done(void *result) { return write(turn, "x", 1) == 1 ? result : NULL; }
static void *teller(void *unused) { @BEFORE@ deposit(); open_account(); @TELLER@ return done(unused); }
static void *clerk(void *unused) { withdraw(); close_account(); @CLERK@ return done(unused); }
/* One thread after the other, which only a pipe orders: nothing hangs, and nothing is dismissed. */
int main(void)
{
    pthread_t threads[2];
    int ends[2];
    char byte;
    if (pipe(ends) != 0) { return 1; }
    turn = ends[1];
    pthread_create(&threads[0], NULL, @FIRST@, NULL);
    if (read(ends[0], &byte, 1) != 1) { return 1; }
    pthread_create(&threads[1], NULL, @SECOND@, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_mutex_unlock(&loose);
    return 0;
}
"""


def _source(**parts):
    parts = {"first": "teller", "second": "clerk", **parts}
    return re.sub(r"@([A-Z]+)@", lambda match: parts.get(match.group(1).lower(), ""), PROGRAM)


def _recorded(name="prog", data="data", flags=("-O0", "-pthread"), **parts):
    program = compiled(name, _source(**parts), *flags)
    unknot("run", f"--data={data}", "--output=/dev/null", program)
    return data


def _document(*arguments):
    document = json.loads(unknot("report", "--format=json", *arguments).out)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "report-schema.json").read_text()))
    return document


def _titles(document, part="findings"):
    return [finding["title"].split(" are taken")[0] for finding in document[part]]


ALL = ["a and b", "c and d",
       "pthread_mutex_unlock of loose: a lock is released that nobody holds"]


def _silenced_by(text, data):
    """The titles that a file of suppressions with this text silences."""
    pathlib.Path("x.supp").write_text(text)
    document = _document("--suppressions=x.supp", data)
    expect_equal(sorted(_titles(document) + _titles(document, "suppressed")), ALL)
    return _titles(document, "suppressed")


def each_condition_silences_what_it_describes():
    data = _recorded()
    expect_equal(_titles(_document(data)), ALL)
    for line, wanted in (("rule: lock-order-cycle", ALL[:2]), ("rule: misuse", ALL[2:]),
                         ("rule: unlock-*", ALL[2:]), ("lock: a", ALL[:1]), ("lock: ?", ALL[:2]),
                         ("lock: l*e", ALL[2:]), ("lock: oose", []), ("function: deposit", ALL[:1]),
                         ("function: *_account", ALL[1:2]), ("function: posit", []),
                         ("module: prog", ALL), ("module: pro", []), ("source: prog.c", ALL),
                         ("source: *.c", ALL), ("source: rog.c", []),
                         ("stack: take < deposit", ALL[:1]), ("stack: deposit", []),
                         ("stack: ... < deposit", ALL[:1]), ("stack: ... < teller", ALL[:2]),
                         ("stack: take < ... < clerk", ALL[:2]), ("stack: take < teller", []),
                         ("stack: take < * < clerk", ALL[:2]), ("stack: main", ALL[2:]),
                         ("lock: a\nlock: b", ALL[:1]), ("lock: a\nlock: c", []),
                         ("rule: misuse\nlock: a", [])):
        expect_equal(_silenced_by(f"# comment\nsuppression of a test\n{line}\n", data), wanted,
                     line)


def suppressed_findings_are_counted_shown_and_no_failure():
    data = _recorded()
    pathlib.Path("a.supp").write_text("suppression first\n  lock: a\nsuppression idle\n  lock: z\n")
    pathlib.Path("b.supp").write_text("suppression rest\n  lock: *\n")
    result = unknot("report", "--suppressions=a.supp", data)
    expect_equal(result.status, 1)
    expect_not_in("a and b", result.out)
    expect_in("2. lock-order-cycle (predicted): c and d", result.out)  # its number stays
    expect_in("suppressed: 1 finding (--show-suppressed)\n"
              "unused suppression: a.supp:3: idle\n", result.out)
    shown = unknot("report", "--suppressions=a.supp", "--show-suppressed", data).out
    expect_in("suppressed by a.supp:1: first\n1. lock-order-cycle", shown)
    result = unknot("report", "--suppressions=a.supp", "--suppressions=b.supp", data)
    expect_equal(result.status, 0)
    expect_in("no other finding", result.out)
    expect_in("suppressed: 3 findings", result.out)
    result = unknot("report", data, env={**os.environ, "UNKNOT_SUPPRESSIONS": "a.supp:b.supp"})
    expect_equal(result.status, 0)
    document = _document("--suppressions=a.supp", data)
    expect_equal(document["unused_suppressions"], [{"file": "a.supp", "line": 3, "name": "idle"}])
    expect_equal(document["suppressed"][0]["suppression"], "a.supp:1: first")
    program = str(pathlib.Path("prog").resolve())
    expect_equal(unknot("run", "--ci", "--suppressions=a.supp", program).status, 66)
    expect_equal(unknot("run", "--ci", "--suppressions=b.supp", program).status, 0)


def malformed_file_is_one_line_with_its_place():
    data = _recorded()
    for text, line, part in (
            ("suppression x\n\nlocks: a\n", 3, "expected"), ("suppression x\nlock:\n", 2, "value"),
            ("suppression x\n# no more\nsuppression y\nlock: a\n", 1, "nothing of what it is for"),
            ("suppression x\n", 1, "nothing of what it is for"), ("hello\n", 1, "hello"),
            ("deadlock:a\nnothing:b\n", 2, "nothing:b"), ("deadlock:\n", 1, "pattern"),
            ("{\n x\n Helgrind:LockOrder\n fun:f\n", 4, "'}'"),
            ("{\n x\n Helgrind:LockOrder\n fn:f\n}\n", 4, "fn:f"),
            ("{\n x\n Helgrind:LockOrders\n fun:f\n}\n", 3, "LockOrders"),
            ("{\n x\n Helgrind:LockOrder\n}\n", 4, "no frame"), ("{\n x\n nonsense\n}\n", 3, "tool")):
        pathlib.Path("bad.supp").write_text(text)
        result = unknot("report", "--suppressions=bad.supp", data)
        expect_one_line(result.err, f"bad.supp:{line}: ", part)
        expect_equal((result.status, result.out), (2, ""))
    result = unknot("run", "--suppressions=bad.supp", "--", "/bin/echo", "started")
    expect_equal((result.status, result.out), (125, ""))
    result = unknot("report", "--suppressions=missing.supp", data)
    expect_one_line(result.err, "cannot read missing.supp")
    expect_equal(result.status, 2)


def thread_sanitizer_files_mean_what_they_mean_there():
    data = _recorded()
    for text, wanted in (
            ("deadlock:deposit", ALL[:1]), ("deadlock:epos", ALL[:1]), ("deadlock:^epos", []),
            ("deadlock:^dep*t$", ALL[:1]), ("deadlock:^deposi$", []), ("deadlock:d?posit", []),
            ("deadlock:prog.c", ALL[:2]), ("deadlock:/prog$", ALL[:2]), ("deadlock:^prog", []),
            ("deadlock:main", []), ("mutex:main", ALL[2:]), ("mutex:deposit", []),
            ("signal:deposit", []), ("called_from_lib:/prog$", ALL),
            ("called_from_lib:libfoo.so", []), ("# all\n\n  deadlock:*_account  \n", ALL[1:2])):
        expect_equal(_silenced_by(text + "\n", data), wanted, text)
    pathlib.Path("x.supp").write_text("deadlock:deposit\ndeadlock:nobody\nrace:deposit\n"
                                      "race_top:x\nthread:y\n")
    out = unknot("report", "--suppressions=x.supp", data).out
    expect_in("unused in x.supp: 1 suppression\n"
              "not for unknot: 3 suppressions of what it does not look for\n", out)


def thread_sanitizer_itself_agrees():
    data = _recorded()
    try:
        program = compiled("sanitized", _source(), "-O0", "-pthread", "-fsanitize=thread")
    except subprocess.CalledProcessError:
        skip("the compiler has no ThreadSanitizer")
    for pattern in ("deadlock:deposit", "deadlock:epos", "deadlock:^epos", "deadlock:^dep*t$",
                    "deadlock:^deposi$", "deadlock:d?posit", "deadlock:sanitized.c",
                    "deadlock:*_account", "deadlock:^take$", "deadlock:clerk", "deadlock:nobody"):
        pathlib.Path("x.tsan").write_text(pattern + "\nmutex:main\n")
        done = subprocess.run([program], capture_output=True, text=True, env={
            **os.environ, "TSAN_OPTIONS": "suppressions=x.tsan"})
        told = done.stderr.count("WARNING: ThreadSanitizer: lock-order-inversion")
        silenced = _silenced_by(pattern.replace("sanitized.c", "prog.c") + "\n", data)
        expect_equal(2 - len(silenced), told, pattern)


def _valgrind(kind, *frames):
    return "\n".join(["{", "   <name>", f"   {kind}", *(f"   {frame}" for frame in frames), "}", ""])


def valgrind_files_mean_what_they_mean_there():
    data = _recorded()
    order = "Helgrind:LockOrder"
    for text, wanted in (
            (_valgrind(order, "fun:take", "fun:deposit"), ALL[:1]),
            (_valgrind(order, "fun:pthread_mutex_lock", "fun:take", "fun:withdraw"), ALL[:1]),
            (_valgrind(order, "fun:mutex_lock_WRK", "fun:pthread_mutex_lock", "fun:take",
                       "fun:deposit"), ALL[:1]),
            (_valgrind(order, "fun:*lock*", "fun:take"), ALL[:2]),
            (_valgrind(order, "fun:deposit"), []), (_valgrind(order, "...", "fun:deposit"), ALL[:1]),
            (_valgrind(order, "fun:take", "...", "fun:clerk"), ALL[:2]),
            (_valgrind(order, "fun:tak?", "obj:*/prog", "fun:clerk"), ALL[:2]),
            (_valgrind(order, "src:prog.c", "fun:deposit"), ALL[:1]),
            (_valgrind(order, "src:other.c", "fun:deposit"), []),
            (_valgrind("Helgrind:UnlockUnlocked", "fun:pthread_mutex_unlock", "fun:main"), ALL[2:]),
            (_valgrind("drd:MutexErr", "fun:pthread_mutex_unlock_intercept",
                       "fun:pthread_mutex_unlock", "fun:main"), ALL[2:]),
            (_valgrind("drd:CondErr", "...", "fun:main"), []),
            (_valgrind(order, "obj:/usr/lib/valgrind/vgpreload_helgrind-amd64-linux.so", "fun:take",
                       "fun:deposit", "fun:teller", "obj:/usr/*/vgpreload_*", "fun:start_thread",
                       "fun:clone"), ALL[:1]),
            (_valgrind(order, "fun:take", "fun:deposit", "fun:teller", "fun:start_thread"), []),
            (_valgrind("drd:MutexErr", "fun:pthread_mutex_unlock@*", "fun:main"), ALL[2:]),
            (_valgrind("drd:MutexErr", "fun:main", "...", "fun:clone"), []),
            (_valgrind("Memcheck,Helgrind:LockOrder", "fun:take"), ALL[:2]),
            (_valgrind("Memcheck:LockOrder", "fun:take"), []),
            (_valgrind("Memcheck:Leak", "match-leak-kinds: reachable", "fun:malloc")
             + _valgrind(order, "fun:take", "fun:deposit"), ALL[:1])):
        expect_equal(_silenced_by(text, data), wanted, text)


def what_helgrind_writes_itself_is_understood():
    if shutil.which("valgrind") is None:
        skip("valgrind is not installed")
    data = _recorded()
    done = subprocess.run(["valgrind", "--tool=helgrind", "--gen-suppressions=all", "./prog"],
                          capture_output=True, text=True, timeout=50)
    written = re.findall(r"^\{\n.*?^\}\n", done.stderr, re.M | re.S)
    met = set()
    for text in written:
        met |= set(_silenced_by(text, data))
    expect_equal(sorted(met), ALL)


def valgrind_names_functions_as_the_linker_does():
    source = _source().replace("static void take(", "namespace bank { void take(").replace(
        "    pthread_mutex_unlock(first);\n}", "    pthread_mutex_unlock(first);\n}\n}\n"
        "using bank::take;")
    program = compiled("cxx", source, "-O0", "-pthread", compiler="c++")
    unknot("run", "--data=data", "--output=/dev/null", program)
    for text, wanted in ((_valgrind("Helgrind:LockOrder", "fun:_ZN4bank4takeE*"), ALL[:2]),
                         (_valgrind("Helgrind:LockOrder", "fun:bank::take*"), []),
                         ("deadlock:bank::take\n", ALL[:2]),
                         ("suppression x\nfunction: bank::take\n", ALL[:2])):
        expect_equal(_silenced_by(text, "data"), wanted, text)


MOVED = {"top": "/* a comment\n * of three lines\n */",
         "global": "static int added(int x) { return x * 3 + 1; }\nint (*use)(int) = added;",
         "take": "/* moved */\n\n    if (use != added) { return; }"}


def baseline_outlives_a_new_build():
    _recorded()
    pathlib.Path("old.json").write_text(unknot("report", "--format=json", "data").out)
    os.makedirs("elsewhere")
    os.chdir("elsewhere")
    _recorded(name="renamed", **MOVED)
    result = unknot("report", "--baseline=../old.json", "data")
    expect_equal(result.status, 0)
    expect_in("known from ../old.json: 3 findings (--show-known)\n", result.out)
    program = str(pathlib.Path("renamed").resolve())
    expect_equal(unknot("run", "--ci", "--baseline=../old.json", program).status, 0)
    expect_in("known (baseline):\n1. lock-order-cycle", unknot(
        "report", "--baseline=../old.json", "--show-known", "data").out)
    document = _document("--baseline=../old.json", "data")
    expect_equal((_titles(document), _titles(document, "known")), ([], ALL))
    pathlib.Path("next.json").write_text(json.dumps(document))
    expect_equal(unknot("report", "--baseline=next.json", "data").status, 0)


def new_inversion_is_reported_alone():
    _recorded()
    pathlib.Path("old.json").write_text(unknot("report", "--format=json", "data").out)
    more = {"global": MOVED["global"] + "\nstatic pthread_mutex_t n = PTHREAD_MUTEX_INITIALIZER;\n"
                                        "static void take(pthread_mutex_t *, pthread_mutex_t *);",
            "teller": "take(&a, &n);", "clerk": "take(&n, &a);"}
    _recorded(name="newer", data="newer_data", **{**MOVED, **more})
    document = _document("--baseline=old.json", "newer_data")
    expect_equal((_titles(document), sorted(_titles(document, "known"))), (["a and n"], ALL))
    expect_equal(unknot("report", "--baseline=old.json", "newer_data").status, 1)
    program = str(pathlib.Path("newer").resolve())
    expect_equal(unknot("run", "--ci", "--baseline=old.json", program).status, 66)
    result = unknot("diff", "old.json", "newer_data")
    expect_equal(result.status, 1)
    expect_equal([line.split()[0] for line in result.out.splitlines()],
                 ["new", "still", "still", "still", "unknot:"])
    expect_in("unknot: 1 new finding, 0 fixed or not seen, 3 still there\n", result.out)
    result = unknot("diff", "newer_data", "old.json")
    expect_equal(result.status, 0)
    expect_in("unknot: 0 new findings, 1 fixed or not seen, 3 still there\n", result.out)
    document = json.loads(unknot("diff", "--format=json", "data", "newer_data").out)
    expect_equal([len(document[part]) for part in ("new", "fixed", "still_there")], [1, 0, 3])


def fingerprints_do_not_depend_on_optimisation_and_threads():
    prints = []
    for level in ("-O0", "-O1", "-O2"):
        data = _recorded(name="prog" + level, data="data" + level, flags=(level, "-pthread"))
        prints.append(sorted(f["fingerprint"] for f in _document(data)["findings"]))
    _recorded(name="swapped", data="swapped_data", first="clerk", second="teller")
    prints.append(sorted(f["fingerprint"] for f in _document("swapped_data")["findings"]))
    expect_equal(len(set(prints[0])), 3)
    expect_equal(prints[1:], [prints[0]] * 3)


def which_of_two_like_places_came_first_does_not_matter():
    extra = ("static void take(pthread_mutex_t *, pthread_mutex_t *);\n"
             "static void account_of_two(void) { take(&a, &b); }")
    prints = []
    for part in ("before", "teller"):
        data = _recorded(name=part, data="data_" + part, **{"global": extra,
                                                            part: "account_of_two();"})
        findings = _document(data)["findings"]
        expect_equal([f["title"].split(" are")[0] for f in findings], ALL)
        prints.append([f["fingerprint"] for f in findings])
    expect_equal(prints[0], prints[1])


def other_place_in_a_function_is_another_finding():
    """The same locks in the same functions, but on a line after another such call."""
    second = ("static void take(pthread_mutex_t *, pthread_mutex_t *);\n"
              "static pthread_mutex_t n[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};")
    prints = []
    for index, (teller, clerk) in enumerate((("take(&n[0], &n[1]);", "take(&n[1], &n[0]);"),
                                             ("take(&a, &b);\ntake(&n[0], &n[1]);",
                                              "take(&n[1], &n[0]);"))):
        data = _recorded(name=f"prog{index}", data=f"data{index}", **{
            "global": second, "teller": teller, "clerk": clerk})
        prints.append({f["title"].split(" are")[0]: f["fingerprint"]
                       for f in _document(data)["findings"]})
    expect_equal(prints[0]["c and d"], prints[1]["c and d"])
    assert prints[0]["n[0] and n[1]"] != prints[1]["n[0] and n[1]"], prints


def list_of_fingerprints_is_a_baseline():
    data = _recorded()
    prints = [f["fingerprint"] for f in _document(data)["findings"]]
    pathlib.Path("list").write_text(f"# known\n{prints[0]}  a and b\n\n{'0' * 16}\n")
    result = unknot("report", "--baseline=list", data)
    expect_equal(result.status, 1)
    expect_in("known from list: 1 finding (--show-known); 1 of it not seen here\n", result.out)
    for text, part in (("xyz\n", "list:1: expected a fingerprint"), ("{\n", "not JSON"),
                       ("{}", "has no findings"), ('{"findings":[{}]}', "without a fingerprint")):
        pathlib.Path("list").write_text(text)
        for result in (unknot("report", "--baseline=list", data), unknot("diff", "list", data)):
            expect_one_line(result.err, part)
            expect_equal((result.status, result.out), (2, ""))
    expect_equal(unknot("diff", "nowhere", data).status, 2)


def files_that_moved_are_found_by_the_path_map():
    os.makedirs("image/opt")
    os.makedirs("build")
    here = os.getcwd()
    os.chdir("build")
    program = compiled("prog", _source(), "-O0", "-pthread")
    os.chdir(here)
    shutil.move(program, "image/opt/prog")
    unknot("run", "--data=data", "--output=/dev/null", here + "/image/opt/prog")
    wanted = unknot("report", "data").out
    os.rename("image", "mnt")
    os.rename("build", "src")
    expect_in(f"note: {here}/image/opt/prog cannot be read here", unknot("report", "data").out)
    maps = [f"--path-map={here}/image={here}/mnt", f"--path-map={here}/build/={here}/src/"]
    out = unknot("report", *maps, "data").out
    expect_in("holds a, taken at src/prog.c:", out)
    expect_in("| pthread_mutex_lock(first);", out)
    expect_equal(out.replace("src/prog.c", "build/prog.c").replace("mnt/", "image/"), wanted)
    expect_in("taken at src/prog.c:", unknot("explain", *maps, "data", "1").out)
    expect_not_in("prog.c", unknot("report", f"--path-map={here}/imag={here}/mnt", "data").out)
    for rule in ("x", "=x", "x="):
        expect_one_line(unknot("report", "--path-map=" + rule, "data").err, "FROM=TO")


def debug_file_of_a_moved_program_is_found_by_the_path_map():
    here = os.getcwd()
    program = compiled("prog", _source(), "-O0", "-pthread")
    unknot("run", "--data=data", "--output=/dev/null", program)
    build_id = re.search(r"Build ID: (\w+)", subprocess.run(
        ["readelf", "-n", program], capture_output=True, text=True, check=True).stdout).group(1)
    folder = f"mnt/usr/lib/debug/.build-id/{build_id[:2]}"
    os.makedirs(folder)
    subprocess.run(["objcopy", "--only-keep-debug", program, f"{folder}/{build_id[2:]}.debug"],
                   check=True)
    subprocess.run(["strip", program], check=True)
    expect_not_in("prog.c", unknot("report", "data").out)
    expect_in("holds a, taken at prog.c:", unknot(
        "report", f"--path-map=/usr/lib/debug={here}/mnt/usr/lib/debug", "data").out)


def changed_program_at_the_mapped_place_is_not_used():
    here = os.getcwd()
    program = compiled("prog", _source(), "-O0", "-pthread")
    unknot("run", "--data=data", "--output=/dev/null", program)
    os.makedirs("mnt")
    shutil.move(compiled("prog", _source(**MOVED), "-O0", "-pthread"), "mnt/prog")
    out = unknot("report", f"--path-map={here}={here}/mnt", "data").out
    expect_in(f"note: {here}/mnt/prog changed since the recording", out)
    expect_not_in("in take", out)


if __name__ == "__main__":
    main(sys.modules[__name__])
