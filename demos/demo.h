/* What the demos share: a checked call, and turns. Header-only, so that a demo is one file to read.
 *
 * Turns force the order of the threads so that a demo ends the same way on every run. They stand
 * for luck: they are plain atomic counters, and no rule about locks or threads follows from them.
 * Any thread may call anything here; waiting for a turn yields the processor until it comes. */
#ifndef UNKNOT_DEMO_H
#define UNKNOT_DEMO_H

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sequentially consistent: a turn hands everything the last one did to the next. */
static atomic_int demo_turn;

static inline void demo_wait_turn(int turn)
{
    while (atomic_load(&demo_turn) < turn)
        sched_yield();
}

static inline void demo_end_turn(void)
{
    atomic_fetch_add(&demo_turn, 1);
}

/* Ends the demo with one line if a pthread call failed. */
static inline void demo_must(int error, const char *what)
{
    if (error == 0)
        return;
    fprintf(stderr, "cannot %s: %s\n", what, strerror(error));
    exit(EXIT_FAILURE);
}

#endif
