/* Two programs that have nothing in common but the name of a shared memory object: the program
 * itself, and the same one again, told so by its argument. */
#ifndef UNKNOT_TESTS_PROGRAMS_SHARED_BY_NAME_H
#define UNKNOT_TESTS_PROGRAMS_SHARED_BY_NAME_H

#include "tests/programs/processes.h"

static inline struct shared *open_shared(const char *name, int flags)
{
    int file = shm_open(name, O_RDWR | flags, 0600);

    must_be(file >= 0 && ftruncate(file, SHARED_BYTES) == 0, "shm_open");
    struct shared *memory = map_shared(file);
    close(file);
    return memory;
}

/* The first program makes the object and, when the second one runs, does its part; then the second
 * one, which is handed the object's name, does its own. */
static inline void run_as_two_programs(int argument_count, char **arguments, body_function first,
                                       body_function second)
{
    char name[64];

    if (argument_count > 1) {
        shared = open_shared(arguments[1], 0);
        end_shared_turn();
        wait_for_shared_turn(2);
        second();
        return;
    }
    snprintf(name, sizeof name, "/unknot-test-%d", (int)getpid());
    shared = open_shared(name, O_CREAT | O_EXCL);
    init_a(shared);
    init_b(shared);
    pid_t child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        execl("/proc/self/exe", arguments[0], name, (char *)NULL);
        _exit(1);
    }
    wait_for_shared_turn(1);
    first();
    end_shared_turn();
    end_well(child);
    shm_unlink(name);
}

#endif
