"""Writes programs with an inversion of locks, each of another shape, decided by a seed.

Usage: generate.py SEED                        (the source, to standard output)

A program has two to four locks in a ring: its threads take one and, inside, the next one, in
functions of several forms, C with pthread for even seeds and C++ with std::mutex for odd ones. Run
bare, the threads come one after the other, and it all but always ends; with the argument `stress`
they come together, many times, until they deadlock. What each lock guards is counted and checked at
the end: status 0 and `done` only if it is right.
"""

import random
import sys
from dataclasses import dataclass

NAMES = ["accounts", "orders", "stock", "prices", "users", "groups", "files", "names", "routes",
         "peers", "pages", "blocks", "tables", "jobs", "caches", "streams"]
BARE_ROUNDS = 20
STRESS_ROUNDS = 4000


@dataclass
class Shape:
    """What the seed decides."""

    seed: int
    is_cpp: bool
    locks: list  # names, in the order of the ring
    storage: str  # where they are: variables, initialised (by a call), members
    forms: list  # of each thread: direct, helper, wrapped
    gates: list  # of each thread: "", around (a gate of this side only), before (let go of again)
    has_journal: bool  # one more lock, always taken last
    has_loner: bool  # one more thread, which takes the locks one at a time
    works: list  # of each thread: loops of work between its locks


def shape_of(seed):
    chance = random.Random(seed)
    count = chance.choice([2, 2, 2, 3, 3, 4])
    gates = [""] * count
    kind = chance.choice(["none", "none", "one side", "before"])
    if kind == "one side":
        gates[chance.randrange(count)] = "around"
    if kind == "before":
        gates = ["before"] * count
    return Shape(
        seed=seed,
        is_cpp=seed % 2 == 1,
        locks=chance.sample(NAMES, count),
        storage=chance.choice(["variables", "variables", "initialised", "members"]),
        forms=[chance.choice(["direct", "direct", "helper", "wrapped"]) for _ in range(count)],
        gates=gates,
        has_journal=chance.random() < 0.3,
        has_loner=chance.random() < 0.4,
        works=[chance.choice([0, 0, 50, 500]) for _ in range(count)],
    )


class C:
    """How a program in C says it."""

    header = ["#include <pthread.h>", "#include <sched.h>", "#include <stdio.h>",
              "#include <string.h>", "#include <unistd.h>", ""]

    def __init__(self, shape):
        self.shape = shape

    def lock_name(self, name):
        is_member = self.shape.storage == "members" and name in self.shape.locks
        return f"{name}.lock" if is_member else f"{name}_lock"

    def count_name(self, name):
        is_member = self.shape.storage == "members" and name in self.shape.locks
        return f"{name}.count" if is_member else f"{name}_count"

    def variables(self, name):
        if self.shape.storage == "members" and name in self.shape.locks:
            return [f"static struct guarded {name} = {{.lock = PTHREAD_MUTEX_INITIALIZER}};"]
        value = "" if self.is_initialised_late(name) else " = PTHREAD_MUTEX_INITIALIZER"
        return [f"static pthread_mutex_t {name}_lock{value};",
                f"static long {name}_count; /* protected by {name}_lock */"]

    def is_initialised_late(self, name):
        return self.shape.storage == "initialised" and name in self.shape.locks

    def types(self):
        if self.shape.storage != "members":
            return []
        return ["struct guarded {", "    pthread_mutex_t lock;",
                "    long count; /* protected by lock */", "};", ""]

    def section(self, name, inside):
        lock = self.lock_name(name)
        return [f"pthread_mutex_lock(&{lock});", *inside, f"pthread_mutex_unlock(&{lock});"]

    def start_of_main(self):
        names = [name for name in self.shape.locks if self.is_initialised_late(name)]
        return [f"pthread_mutex_init(&{name}_lock, NULL);" for name in names]

    def run_threads(self, bodies):
        count = len(bodies)
        lines = [f"pthread_t threads[{count}];", ""]
        for number, body in enumerate(bodies):
            lines.append(f"pthread_create(&threads[{number}], NULL, run_{body}, NULL);")
        return lines + [f"for (int i = 0; i < {count}; i++)", "    pthread_join(threads[i], NULL);"]

    def thread_function(self, body, number):
        return [f"static void *run_{body}(void *unused)", "{", "    (void)unused;",
                f"    begin({number});", "    for (int i = 0; i < rounds; i++)",
                f"        {body}(i);", "    return NULL;", "}", ""]


class Cpp(C):
    """How a program in C++ says it, with the guards of the standard library."""

    header = ["#include <mutex>", "#include <thread>", "#include <sched.h>", "#include <cstdio>",
              "#include <cstring>", "#include <unistd.h>", ""]
    guards = ["std::lock_guard<std::mutex> hold_{0}({1});",
              "std::unique_lock<std::mutex> hold_{0}({1});"]

    def __init__(self, shape):
        super().__init__(shape)
        self.chance = random.Random(shape.seed + 1000)

    def variables(self, name):
        if self.shape.storage == "members" and name in self.shape.locks:
            return [f"static guarded {name};"]
        return [f"static std::mutex {name}_lock;",
                f"static long {name}_count; // protected by {name}_lock"]

    def types(self):
        if self.shape.storage != "members":
            return []
        return ["struct guarded {", "    std::mutex lock;",
                "    long count = 0; // protected by lock", "};", ""]

    def section(self, name, inside):
        lock = self.lock_name(name)
        form = self.chance.randrange(3)
        if form == 2:
            return [f"{lock}.lock();", *inside, f"{lock}.unlock();"]
        guard = self.guards[form].format(name, lock)
        return ["{", f"    {guard}", *("    " + line for line in inside), "}"]

    def start_of_main(self):
        return []

    def run_threads(self, bodies):
        lines = [f"std::thread {body}_thread(run_{body});" for body in bodies]
        return lines + [f"{body}_thread.join();" for body in bodies]

    def thread_function(self, body, number):
        return [f"static void run_{body}()", "{", f"    begin({number});",
                "    for (int i = 0; i < rounds; i++)", f"        {body}(i);", "}", ""]


COMMON = """\
static int is_stress, rounds = {bare};

/* Bare, each thread begins when the one before it is long done. */
static void begin(int number)
{{
    if (!is_stress)
        usleep(number * 25000);
}}

/* Lets the others come in between, in stress. */
static void breathe(int round)
{{
    if (is_stress && round % 3 == 0)
        sched_yield();
}}

static void work(int loops)
{{
    for (volatile int i = 0; i < loops; i++)
        ;
}}
"""


def function(head, lines):
    if lines[0] == "{" and lines[-1] == "}" and lines.count("{") == 1:
        lines = [line[4:] for line in lines[1:-1]]  # a section that is all of the body
    return [f"static void {head}", "{", *("    " + line if line else "" for line in lines), "}", ""]


class Program:
    """One program's text."""

    def __init__(self, shape):
        self.shape = shape
        self.words = Cpp(shape) if shape.is_cpp else C(shape)
        self.increments = dict.fromkeys(self.all_locks(), 0)

    def all_locks(self):
        extra = ["gate"] if any(self.shape.gates) else []
        return self.shape.locks + extra + (["journal"] if self.shape.has_journal else [])

    def count(self, name):
        """One more each round; each is emitted once."""
        self.increments[name] += 1
        return f"{self.words.count_name(name)}++;"

    def inner_section(self, number, name):
        """Takes the next lock of the ring, and the journal inside."""
        inside = [self.count(name)]
        if self.shape.has_journal and number == 0:
            inside += self.words.section("journal", [self.count("journal")])
        return self.words.section(name, inside)

    def thread_body(self, number):
        """The functions of one thread of the ring; the last one is called each round."""
        shape, words = self.shape, self.words
        own = shape.locks[number]
        following = shape.locks[(number + 1) % len(shape.locks)]
        inner = self.inner_section(number, following)
        functions = []
        if shape.forms[number] != "direct":
            functions += function(f"add_to_{following}_from_{own}(void)" if not shape.is_cpp
                                  else f"add_to_{following}_from_{own}()", inner)
            inner = [f"add_to_{following}_from_{own}();"]
        work = [f"work({shape.works[number]});"] if shape.works[number] else []
        body = words.section(own, [self.count(own), *work, "breathe(round);", *inner])
        if shape.gates[number] == "around":
            body = words.section("gate", [self.count("gate"), *body])
        if shape.gates[number] == "before":
            body = words.section("gate", [self.count("gate")]) + body
        if shape.forms[number] == "wrapped":
            functions += function(f"nest_{own}(int round)", body)
            body = [f"nest_{own}(round);"]
        return functions + function(f"update_{own}(int round)", body)

    def loner(self):
        lines = []
        for name in self.shape.locks:
            lines += self.words.section(name, [self.count(name)])
        return function("look_around(int round)", ["breathe(round);", *lines])

    def check(self):
        """The end of main: every count is what it must be."""
        right = " && ".join(f"{self.words.count_name(name)} == {count}L * rounds"
                            for name, count in self.increments.items())
        return [f"is_right = {right};", 'puts(is_right ? "done" : "wrong");',
                "return is_right ? 0 : 1;"]

    def text(self):
        shape, words = self.shape, self.words
        functions, bodies = [], []
        for number in range(len(shape.locks)):
            functions += self.thread_body(number)
            bodies.append(f"update_{shape.locks[number]}")
        if shape.has_loner:
            functions += self.loner()
            bodies.append("look_around")
        for number, body in enumerate(bodies):
            functions += words.thread_function(body, number)
        lines = [f"/* Inversion {shape.seed}: generated. */", *words.header, *words.types()]
        for name in self.all_locks():
            lines += words.variables(name)
        lines += COMMON.format(bare=BARE_ROUNDS).split("\n") + functions
        main = ["int is_right;", "", 'is_stress = argc == 2 && strcmp(argv[1], "stress") == 0;',
                f"rounds = is_stress ? {STRESS_ROUNDS} : rounds;", *words.start_of_main(),
                *words.run_threads(bodies), *self.check()]
        lines += ["int main(int argc, char **argv)", "{", *("    " + x if x else "" for x in main),
                  "}"]
        return "\n".join(lines) + "\n"


def generate(seed):
    """The shape and the text of the program of this seed."""
    shape = shape_of(seed)
    return shape, Program(shape).text()


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        print(__doc__.splitlines()[2], file=sys.stderr)
        return 2
    sys.stdout.write(generate(int(sys.argv[1]))[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
