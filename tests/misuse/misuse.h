/* What the misuse programs share: each has a bad() and a fixed() body, some more that must be
 * silent, and runs the one its argument names. Order is forced as in tests/programs/support.h. */
#ifndef UNKNOT_TESTS_MISUSE_H
#define UNKNOT_TESTS_MISUSE_H

#include <errno.h>

#include "tests/programs/support.h"

struct variant {
    const char *name;
    void (*run)(void);
};

static inline int run_variant(char **arguments, const struct variant *variants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (arguments[1] != NULL && strcmp(arguments[1], variants[i].name) == 0) {
            variants[i].run();
            puts("done");
            return 0;
        }
    }
    fputs("no such variant\n", stderr);
    return EXIT_FAILURE;
}

#define VARIANTS(...)                                                                              \
    int main(int count, char **arguments)                                                          \
    {                                                                                              \
        static const struct variant variants[] = {__VA_ARGS__};                                    \
        (void)count;                                                                               \
        return run_variant(arguments, variants, sizeof variants / sizeof variants[0]);             \
    }

static inline pthread_t start(void *(*function)(void *), void *argument)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, function, argument), "pthread_create");
    return thread;
}

static inline void join(pthread_t thread)
{
    must(pthread_join(thread, NULL), "pthread_join");
}

#endif
