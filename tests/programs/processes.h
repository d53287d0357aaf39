/* What test programs share that run as several processes: memory that all of them see, and turns
 * between them. Like support.h's turns they are sleeps and an atomic counter, so they order nothing
 * that the library sees. */
#ifndef UNKNOT_TESTS_PROGRAMS_PROCESSES_H
#define UNKNOT_TESTS_PROGRAMS_PROCESSES_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "tests/programs/support.h"

#define UNUSED __attribute__((unused))

enum { SHARED_BYTES = 4096 };

struct shared {
    int turns_ended;
    pthread_mutex_t a, b, gate;
    pthread_rwlock_t rwlock;
    pthread_spinlock_t spin_a, spin_b;
};

/* The memory that all processes map, at one address in those of one fork. */
static struct shared *shared;

static inline struct shared *map_shared(int file)
{
    int flags = MAP_SHARED | (file < 0 ? MAP_ANONYMOUS : 0);
    void *memory = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, flags, file, 0);

    must_be(memory != MAP_FAILED, "mmap");
    return memory;
}

static inline pthread_mutexattr_t *process_shared(void)
{
    static pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "set the attribute");
    return &attributes;
}

/* One function each, so that every lock has a name of its own. */
static NOINLINE UNUSED void init_a(struct shared *memory)
{
    must(pthread_mutex_init(&memory->a, process_shared()), "pthread_mutex_init");
}

static NOINLINE UNUSED void init_b(struct shared *memory)
{
    must(pthread_mutex_init(&memory->b, process_shared()), "pthread_mutex_init");
}

static NOINLINE UNUSED void init_gate(struct shared *memory)
{
    must(pthread_mutex_init(&memory->gate, process_shared()), "pthread_mutex_init");
}

static inline void wait_for_shared_turn(int turn)
{
    while (__atomic_load_n(&shared->turns_ended, __ATOMIC_SEQ_CST) < turn)
        usleep(50);
}

static inline void end_shared_turn(void)
{
    __atomic_add_fetch(&shared->turns_ended, 1, __ATOMIC_SEQ_CST);
}

static inline void end_well(pid_t child)
{
    int status;

    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
}

/* Parent and child, both living: the parent's part, then the child's. */
static inline void run_in_two_processes(body_function in_parent, body_function in_child)
{
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        wait_for_shared_turn(1);
        in_child();
        exit(0);
    }
    in_parent();
    end_shared_turn();
    end_well(child);
}

#endif
