/* Between patterns.c, built as modules by several compilers, and the test that loads them. */
#ifndef UNKNOT_TESTS_PATTERNS_H
#define UNKNOT_TESTS_PATTERNS_H

#include <stddef.h>

struct pattern {
    const char *name;
    void (*function)(void); /* takes an int, whatever it returns */
};

const struct pattern *pattern_list(size_t *count);

/* Of the test; leave() ends the function that calls it. */
int probe(int value);
void other(int value);
int other_of(int one, ...);
_Noreturn void leave(int value);

#endif
