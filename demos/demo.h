/* What the demos share: a checked call, turns, and the word `hang`. Header-only, so that a demo is
 * one file to read; C11 and C++17.
 *
 * Turns order the threads so that a demo ends the same way on every run. They are plain atomic
 * counters, and no rule about locks or threads follows from them. A turn that is hoped for stands
 * for luck: it nearly always comes first, but nothing makes it, so who is held up for long is
 * overtaken. Any thread may call anything here; waiting for a turn yields the processor until it
 * comes. */
#ifndef UNKNOT_DEMO_H
#define UNKNOT_DEMO_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEMO_LUCK_MS 100

/* Counts ended turns. Sequentially consistent: a turn hands everything the last one did to the
 * next. */
static int demo_turn;

static inline void demo_wait_turn(int turn)
{
    while (__atomic_load_n(&demo_turn, __ATOMIC_SEQ_CST) < turn)
        sched_yield();
}

static inline long demo_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void demo_hope_for_turn(int turn)
{
    long end_ms = demo_now_ms() + DEMO_LUCK_MS;

    while (__atomic_load_n(&demo_turn, __ATOMIC_SEQ_CST) < turn && demo_now_ms() < end_ms)
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
