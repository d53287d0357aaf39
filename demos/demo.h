/* What the demos share: a checked call, turns, and the word `hang`. Header-only, so that a demo is
 * one file to read; C11 and C++17.
 *
 * Turns force the order of the threads so that a demo ends the same way on every run. They stand
 * for luck: they are plain atomic counters, and no rule about locks or threads follows from them.
 * Any thread may call anything here; waiting for a turn yields the processor until it comes. */
#ifndef UNKNOT_DEMO_H
#define UNKNOT_DEMO_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts ended turns. Sequentially consistent: a turn hands everything the last one did to the
 * next. */
static int demo_turn;

static inline void demo_wait_turn(int turn)
{
    while (__atomic_load_n(&demo_turn, __ATOMIC_SEQ_CST) < turn)
        sched_yield();
}

static inline void demo_end_turn(void)
{
    __atomic_add_fetch(&demo_turn, 1, __ATOMIC_SEQ_CST);
}

/* Ends the demo with one line if a pthread call failed. */
static inline void demo_must(int error, const char *what)
{
    if (error == 0)
        return;
    fprintf(stderr, "cannot %s: %s\n", what, strerror(error));
    exit(EXIT_FAILURE);
}

/* Whether the demo's only argument is the word `hang`: then luck fails it. */
static inline bool demo_told_to_hang(int argc, char **argv)
{
    bool hang = argc == 2 && strcmp(argv[1], "hang") == 0;

    if (argc > 1 && !hang) {
        fprintf(stderr, "usage: %s [hang]\n", argv[0]);
        exit(2);
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed must be seen even if it hangs */
    return hang;
}

#endif
