"""What `report` says about recordings built by hand."""

import os
import re
import subprocess
import sys

from cases import compiled, expect_equal, expect_in, expect_not_in, main
from example import PROGRAM, example, line_of, report, report_json
from recording import CREATE, JOIN, Recording, build_id, code, inversion, symbols


def _lock_names(path):
    return [lock["name"] for lock in report_json(path, status=1)["findings"][0]["locks"]]


def inversion_is_told_with_names_places_and_source():
    out = report(example().write("x.rec"), status=1).out
    expect_in("1. lock-order-cycle (possible): lock_A and lock_B are taken in opposite orders",
              out)
    expect_in(f"""   T2 'first'
     holds lock_A, taken at prog.c:{line_of("f1 takes A")} in f1
          | MARK(mark_takes_A); /* f1 takes A */
          from prog.c:{line_of("main creates")} in main
     wants lock_B at prog.c:{line_of("f1 wants B")} in f1
          | MARK(mark_wants_B); /* f1 wants B */
""", out)
    expect_in(f"     T2 'first' runs f1, created by main thread at "
              f"prog.c:{line_of('main creates')} in main", out)
    expect_in(f"     lock_A: mutex, static in prog, defined at "
              f"prog.c:{line_of('pthread_mutex_t lock_A')}\n", out)
    expect_in("unknot: 1 finding in 3 threads, 2 locks, 2 requests while holding another\n", out)


def inlined_functions_are_frames():
    out = report(example().write("x.rec"), status=1).out
    expect_in(f"""     holds lock_B, taken at prog.c:{line_of("the inlined line")} in take
          | MARK(mark_inlined); /* the inlined line */
          from prog.c:{line_of("f2 calls take")} in f2
""", out)
    document = report_json("x.rec", status=1)
    frames = document["findings"][0]["steps"][1]["hold_stack"]
    expect_equal([(f["function"], f["inlined"]) for f in frames], [("take", True), ("f2", False)])


def json_follows_its_schema():
    document = report_json(example().write("x.rec"), status=1)
    finding = document["findings"][0]
    expect_equal((finding["kind"], finding["confidence"], finding["id"], finding["pid"]),
                 ("lock-order-cycle", "possible", 1, 4242))
    expect_equal([lock["name"] for lock in finding["locks"]], ["lock_A", "lock_B"])
    expect_equal([(s["thread"], s["holds"], s["requests"], s["mode"], s["blocking"])
                  for s in finding["steps"]],
                 [("T2 'first'", ["lock_A"], "lock_B", "write", True),
                  ("T3", ["lock_B"], "lock_A", "write", True)])
    expect_equal(document["complete"], True)
    expect_equal(document["processes"][0]["argv"], ["./prog", "-v"])


def clean_recording_is_one_line():
    recording = Recording()
    recording.process("/bin/prog")
    recording.thread(1)
    expect_equal(report(recording.write("x.rec"), status=0).out,
                 "unknot: no lock-order problem in 1 thread, 0 locks, 0 requests while holding "
                 "another\n")
    expect_equal(report_json("x.rec", status=0)["findings"], [])


def stripped_program_shows_addresses():
    recording = example()
    subprocess.run(["strip", "prog"], check=True)
    out = report(recording.write("x.rec"), status=1).out
    expect_in("holds prog+0x", out)
    expect_in("taken at prog+0x", out)


def separate_debug_information_is_used():
    recording = example()
    subprocess.run("objcopy --only-keep-debug prog prog.debug && strip prog && "
                   "objcopy --add-gnu-debuglink=prog.debug prog", shell=True, check=True)
    out = report(recording.write("x.rec"), status=1).out
    expect_in(f"taken at prog.c:{line_of('f1 takes A')} in f1", out)
    expect_in("holds lock_A", out)


def changed_program_is_noticed_and_not_used():
    recording = example()
    compiled("prog", PROGRAM.replace("return table", "f1(); return table"), "-no-pie")
    out = report(recording.write("x.rec"), status=1).out
    expect_equal(len(re.findall("prog changed since the recording", out)), 1, "times it is said")
    expect_not_in("lock_A", out)


def missing_program_is_said():
    recording = example()
    os.unlink("prog")
    out = report(recording.write("x.rec"), status=1).out
    expect_in("/prog cannot be read here: its names are not shown", out)


def all_stacks_show_module_and_offset():
    out = report("--stacks=all", example().write("x.rec"), status=1).out
    at = symbols("prog")["mark_creates"]
    expect_in(f"#1 prog.c:{line_of('main creates')} in main  [", out)
    expect_in(f"/prog+0x{at:x}]", out)


def names_cannot_steer_the_terminal():
    recording = Recording()
    recording.process(b"/bin/ev\x1b[31mil", arguments=("a\nb", b"\xff\xc2\x9b", "\u202egnp"))
    inversion(recording)
    recording.note("note\x1b]0;title\x07")
    out = report(recording.write("x.rec"), status=1).out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffd]", out), repr(out)
    expect_in("(/bin/ev\\x1b[31mil)", out)
    document = report_json("x.rec", status=1)
    expect_equal(document["processes"][0]["argv"], ["a\nb", "\ufffd\x9b", "\u202egnp"])


def lock_in_a_structure_is_named_by_its_member():
    program = compiled("prog", """#include <pthread.h>
        struct account { long balance; struct { pthread_mutex_t lock; }; };
        struct { struct account accounts[3]; pthread_rwlock_t audit; } bank;
        int main(void) { return bank.accounts[0].balance != 0; }""", "-no-pie")
    at = symbols(program)["bank"]
    recording = Recording()
    recording.process(program)
    recording.module(1, program, build_id(program))
    inversion(recording, first=code(1, at + 48 + 8), second=code(1, at + 3 * 48))
    expect_equal(_lock_names(recording.write("x.rec")), ["bank.accounts[1].lock", "bank.audit"])
    subprocess.run(["strip", "-g", program], check=True)
    expect_equal(_lock_names("x.rec"), ["bank+0x38", "bank+0x90"])


def cpp_names_are_demangled():
    program = compiled("prog", """#include <mutex>
        namespace bank { struct account { static std::mutex guard; }; std::mutex account::guard; }
        static std::mutex &local() { static std::mutex once; return once; }
        int main() { local().lock(); bank::account::guard.lock(); }""", "-no-pie",
                       compiler="c++")
    at = symbols(program)
    recording = Recording()
    recording.process(program)
    recording.module(1, program, build_id(program))
    inversion(recording, first=code(1, at["_ZN4bank7account5guardE"]),
              second=code(1, at["_ZZL5localvE4once"]))
    expect_equal(_lock_names(recording.write("x.rec")), ["bank::account::guard", "local()::once"])


def static_local_of_c_names_its_function():
    program = compiled("prog", """#include <pthread.h>
        void worker(void) { static pthread_mutex_t guard; pthread_mutex_lock(&guard); }
        pthread_mutex_t guard;
        int main(void) { worker(); return pthread_mutex_lock(&guard); }""", "-no-pie")
    at = symbols(program)
    local = next(name for name in at if name.startswith("guard."))
    recording = Recording()
    recording.process(program)
    recording.module(1, program, build_id(program))
    inversion(recording, first=code(1, at[local]), second=code(1, at["guard"]))
    expect_equal(_lock_names(recording.write("x.rec")), ["guard (in worker())", "guard"])


def only_frames_of_the_library_itself_are_hidden():
    recording = inversion(Recording())
    recording.process("/bin/prog")
    names = ["libunknot.so", "libunknot.so.0", "libunknot-plugin.so", "libunknot.sound.so", "prog"]
    for number, name in enumerate(names, 1):
        recording.module(number, "/nowhere/" + name, start=number << 24, end=(number + 1) << 24)
    recording.stack(1, [code(number, 0x100) for number in range(1, len(names) + 1)])
    recording.lock(3, init=1)
    recording.lock(4, init=1)
    recording.dependency(2, 4, [(3, 1)], stack=1)
    recording.dependency(3, 3, [(4, 1)], stack=1)
    stacks = [lock["created"] for finding in
              report_json(recording.write("x.rec"), status=1)["findings"]
              for lock in finding["locks"]]
    expect_equal([os.path.basename(frame["module"]) for frame in stacks[-1]], names[2:])


def long_cpp_signatures_are_cut_to_the_name():
    source = """namespace bank {
        #define MARK(name) __asm__ volatile(".globl " #name "\\n" #name ": nop")
        template <class T> int move(T a, T (*f)(T)) { MARK(mark_move); return f(a); }
        struct call { int operator()(int a) const { MARK(mark_call); return a; } }; }
        static int same(int a) { return a; }
        int main() { return bank::move<int>(0, same) + bank::call()(0); }"""
    program = compiled("prog", source, "-no-pie", compiler="c++")
    at = symbols(program)
    recording = inversion(Recording())
    recording.process(program)
    recording.module(1, program, build_id(program))
    recording.stack(1, [code(1, at["mark_move"] + 1)])
    recording.stack(2, [code(1, at["mark_call"] + 1)])
    recording.lock(3, init=1)
    recording.lock(4, init=2)
    recording.dependency(2, 4, [(3, 1)], stack=2)
    recording.dependency(3, 3, [(4, 2)], stack=1)
    out = report(recording.write("x.rec"), status=1).out
    expect_in("mutex created at bank::move<int> (prog.cc:3) and mutex created at "
              "bank::call::operator() (prog.cc:4) are taken", out)
    expect_in("prog.cc:3 in int bank::move<int>(int, int (*)(int))",
              report("--stacks=all", "x.rec", status=1).out)


def locks_born_at_one_place_are_numbered():
    recording = example()
    for number in (3, 4):
        recording.lock(number, init=5)
    recording.dependency(2, 4, [(3, 1)], stack=2)
    recording.dependency(3, 3, [(4, 3)], stack=4)
    out = report(recording.write("x.rec"), status=1).out
    born = f"mutex created at main (prog.c:{line_of('main creates')})"
    expect_in(f"{born} #1 and {born} #2 are taken in opposite orders", out)
    expect_in(f"{born} #1: mutex created by main thread at", out)


def dismissed_cycles_are_shown_on_demand_with_the_reason():
    recording = Recording()
    recording.process("/bin/prog")
    recording.thread(1)
    for lock in (1, 2):
        recording.lock(lock)
    recording.dependency(1, 2, [(1, 0)])
    recording.dependency(1, 1, [(2, 0)])
    recording.write("x.rec")
    out = report("x.rec", status=0).out
    expect_in("1 cycle set aside as harmless", out)
    expect_in("unknot report --show-dismissed x.rec\n", out)
    expect_not_in("set aside (", out)
    out = report("--show-dismissed", "x.rec", status=0).out
    expect_in("set aside (single-thread)", out)
    expect_in("all of it is done by one thread, main thread", out)
    expect_equal(report_json("x.rec", status=0)["dismissed"][0]["reason"], "single-thread")


def _objects(recording, count, place, want, threads=(2, 3)):
    """`count` pairs of locks born at the stacks 1 and 2, each taken in both orders."""
    for _ in range(count):
        a, b = recording.locks + 1, recording.locks + 2
        recording.lock(a, init=1)
        recording.lock(b, init=2)
        recording.dependency(threads[0], b, [(a, place)], stack=want, segment=1)
        recording.dependency(threads[1], a, [(b, 3)], stack=4, segment=1)


def same_inversion_in_every_object_is_one_finding():
    recording = example()
    _objects(recording, 100, place=1, want=2)
    out = report(recording.write("x.rec"), status=1).out
    expect_in("   (and 99 more between locks of the same classes, at the same places)\n", out)
    expect_in("unknot: 2 findings in", out)
    expect_equal([f["instances"] for f in report_json("x.rec", status=1)["findings"]], [1, 100])


def inversions_of_one_class_at_other_places_are_findings_of_their_own():
    recording = example()
    _objects(recording, 3, place=1, want=2)
    _objects(recording, 2, place=5, want=2)
    _objects(recording, 1, place=1, want=4)
    out = report(recording.write("x.rec"), status=1).out
    expect_in("unknot: 4 findings in", out)
    expect_equal([f["instances"] for f in report_json("x.rec", status=1)["findings"]],
                 [1, 3, 2, 1])


def cycles_set_aside_are_told_once_for_each_kind():
    recording = example()
    _objects(recording, 30, place=1, want=2, threads=(2, 2))
    out = report("--show-dismissed", recording.write("x.rec"), status=1).out
    expect_equal(out.count("set aside (single-thread)"), 1, "times it is shown")
    expect_in("   (and 29 more between locks of the same classes, for the same reason)\n", out)
    expect_in("; 30 cycles set aside as harmless", out)
    document = report_json("x.rec", status=1)
    expect_equal([d["instances"] for d in document["dismissed"]], [30])
    expect_equal(document["dismissed_complete"], True)


def cut_search_for_cycles_to_set_aside_is_said():
    recording = example()
    for number in range(3, 103):
        recording.lock(number, init=1)
    for held in range(3, 103):
        for wanted in range(3, 103):
            if held != wanted:
                recording.dependency(2, wanted, [(held, 1)], stack=2, segment=1)
    out = report("--show-dismissed", recording.write("x.rec"), status=1).out
    expect_in("note: the search for cycles to set aside stopped early", out)
    assert re.search(r"; at least \d{4,} cycles set aside", out), out
    document = report_json("x.rec", status=1)
    assert 1 <= len(document["dismissed"]) < 10, len(document["dismissed"])
    expect_equal((document["complete"], document["dismissed_complete"]), (True, False))


def cycles_between_classes_are_counted_and_shown_on_demand():
    recording = example()
    for number, born in ((3, 1), (4, 2), (5, 1), (6, 2)):
        recording.lock(number, init=born)
    recording.dependency(2, 4, [(3, 1)], stack=2, segment=1)
    recording.dependency(3, 5, [(6, 3)], stack=4, segment=1)
    recording.write("x.rec")
    out = report("x.rec", status=1).out
    expect_in("; 1 cycle between different locks of the same classes", out)
    expect_in("the cycles between classes: unknot report --class-order x.rec\n", out)
    expect_not_in("class order only", out)
    out = report("--class-order", "x.rec", status=1).out
    first, second = (f"mutex created at f1 (prog.c:{line_of('f1 ' + what)})"
                     for what in ("takes A", "wants B"))
    expect_in(f"class order only, no finding: {first} and {second} are taken in opposite orders",
              out)
    expect_in(f"holds {first} #1, taken at", out)


def gate_lock_is_named():
    program = compiled("prog", "long gate;\nint main(void) { return (int)gate; }\n", "-no-pie")
    recording = Recording()
    recording.process(program)
    recording.module(1, program, build_id(program))
    for thread in (1, 2, 3):
        recording.thread(thread, parent=thread > 1)
    recording.lock(1)
    recording.lock(2)
    recording.lock(3, location=code(1, symbols(program)["gate"]))
    recording.dependency(2, 2, [(3, 0), (1, 0)])
    recording.dependency(3, 1, [(3, 0), (2, 0)])
    out = report("--show-dismissed", recording.write("x.rec"), status=0).out
    expect_in("set aside (gate-lock)", out)
    expect_in("T2 and T3 both hold gate here, so only one of them is in at a time", out)
    expect_in("     also holds gate\n", out)


def what_orders_two_steps_is_named():
    recording = Recording()
    recording.process("/bin/prog")
    recording.thread(1)
    recording.thread(2, parent=1)
    recording.lock(1)
    recording.lock(2)
    recording.segment(1, 1, CREATE, 2)
    recording.dependency(2, 2, [(1, 0)])
    recording.segment(1, 2, JOIN, 2)
    recording.dependency(1, 1, [(2, 0)], segment=2)
    out = report("--show-dismissed", recording.write("x.rec"), status=0).out
    expect_in("set aside (ordered)", out)
    expect_in("what T2 does here always comes before what main thread does: main thread joined "
              "T2", out)


if __name__ == "__main__":
    main(sys.modules[__name__])
