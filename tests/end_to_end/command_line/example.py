"""A program and a hand-built recording of it, and `unknot report` on recordings."""

import json
import os

import jsonschema

from cases import ROOT, compiled, expect_equal, unknot
from recording import Recording, build_id, code, symbols

# Each mark_* is an address inside the line it stands in.
PROGRAM = r"""
#include <pthread.h>
#define MARK(name) __asm__ volatile(".globl " #name "\n" #name ": nop")
pthread_mutex_t lock_A, lock_B;
static struct { long other; pthread_mutex_t lock; } table[2];
static inline __attribute__((always_inline)) void take(void)
{
    MARK(mark_inlined); /* the inlined line */
}
void f1(void)
{
    MARK(mark_takes_A); /* f1 takes A */
    MARK(mark_wants_B); /* f1 wants B */
}
void f2(void)
{
    take(); /* f2 calls take */
    MARK(mark_wants_A); /* f2 wants A */
}
int main(void)
{
    MARK(mark_creates); /* main creates */
    f1();
    f2();
    return table[0].other != 0;
}
"""


def example(**keywords):
    """A recording of PROGRAM in which f1 and f2 take lock_A and lock_B in opposite orders."""
    program = compiled("prog", PROGRAM, "-no-pie")
    at = symbols(program)
    recording = Recording(**keywords)
    recording.process(program, os.getcwd(), ("./prog", "-v"))
    recording.module(1, program, build_id(program))

    # A return address is one past the call.
    def stack(number, *marks):
        recording.stack(number, [code(1, at[mark] + 1) for mark in marks])

    stack(1, "mark_takes_A", "mark_creates")
    stack(2, "mark_wants_B", "mark_creates")
    stack(3, "mark_inlined")
    stack(4, "mark_wants_A")
    stack(5, "mark_creates")
    recording.lock(1, location=code(1, at["lock_A"]))
    recording.lock(2, location=code(1, at["lock_B"]))
    recording.thread(1)
    recording.thread(2, parent=1, created=5, start=code(1, at["f1"]), name=b"first")
    recording.thread(3, parent=1, created=5, start=code(1, at["f2"]))
    recording.dependency(2, 2, [(1, 1)], stack=2)
    recording.dependency(3, 1, [(2, 3)], stack=4)
    return recording


def line_of(text):
    """The line number of PROGRAM that contains the text."""
    return PROGRAM.splitlines().index(next(l for l in PROGRAM.splitlines() if text in l)) + 1


def report(*arguments, status, **keywords):
    result = unknot("report", *arguments, **keywords)
    expect_equal(result.status, status, "exit status, with stderr " + result.err)
    return result


def report_json(*paths, status):
    schema = json.loads((ROOT / "docs" / "report-schema.json").read_text())
    document = json.loads(report("--format=json", *paths, status=status).out)
    jsonschema.validate(document, schema)
    return document
