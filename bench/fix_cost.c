/* Threads that mostly work inside a lock of their own, and sometimes take the next one's in it:
 * what a fix of that costs. bench/fix_cost.py measures.
 *
 *     fix_cost THREADS ROUNDS INSIDE OUTSIDE [sleep]
 *
 * Each thread nests in a stretch of its rounds that is far from those of the others, so that the
 * deadlock does not happen. Built as it is, with FIX_MERGED (the locks are one recursive lock), and
 * with FIX_GATED (a lock around each section). Work is in thousands of turns of a loop; with
 * `sleep` in microseconds of sleep, which other programs on the machine disturb little. Prints the
 * nanoseconds that the threads took. */
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS_MAX = 16 };

static struct {
    uint32_t threads, rounds;
    uint64_t inside, outside;
    int sleeps;
} settings;

static pthread_mutex_t locks[THREADS_MAX];
#ifdef FIX_GATED
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
#endif

static pthread_mutex_t *lock_of(uint32_t thread)
{
#ifdef FIX_MERGED
    (void)thread;
    return &locks[0];
#else
    return &locks[thread % settings.threads];
#endif
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void work(uint64_t amount)
{
    if (settings.sleeps) {
        nanosleep(&(struct timespec){.tv_nsec = (long)amount * 1000}, NULL);
        return;
    }
    for (volatile uint64_t i = 0; i < amount * 1000; i++) {
    }
}

/* Not inlined: it has one place where it locks, in nested rounds and others. */
static __attribute__((noinline)) void do_round(uint32_t thread, int nests)
{
#ifdef FIX_GATED
    pthread_mutex_lock(&gate);
#endif
    pthread_mutex_lock(lock_of(thread));
    work(settings.inside);
    if (nests) {
        pthread_mutex_lock(lock_of(thread + 1));
        work(settings.inside / 8);
        pthread_mutex_unlock(lock_of(thread + 1));
    }
    pthread_mutex_unlock(lock_of(thread));
#ifdef FIX_GATED
    pthread_mutex_unlock(&gate);
#endif
    work(settings.outside);
}

static void *run(void *argument)
{
    uint32_t thread = (uint32_t)(uintptr_t)argument;
    uint32_t stretch = settings.rounds / settings.threads;
    for (uint32_t i = 0; i < settings.rounds; i++) {
        uint32_t at = i - thread * stretch;
        do_round(thread, i >= thread * stretch && at < stretch / 2 && at % 4 == 0);
    }
    return NULL;
}

static void init_locks(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
#ifdef FIX_MERGED
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
#endif
    for (uint32_t i = 0; i < THREADS_MAX; i++)
        pthread_mutex_init(&locks[i], &attributes);
    pthread_mutexattr_destroy(&attributes);
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    if (argc < 5 || atoi(argv[1]) < 2 || atoi(argv[1]) > THREADS_MAX) {
        fprintf(stderr, "usage: fix_cost THREADS ROUNDS INSIDE OUTSIDE [sleep]\n");
        return 2;
    }
    settings.threads = (uint32_t)atoi(argv[1]);
    settings.rounds = (uint32_t)atoi(argv[2]);
    settings.inside = (uint64_t)atoi(argv[3]);
    settings.outside = (uint64_t)atoi(argv[4]);
    settings.sleeps = argc > 5 && strcmp(argv[5], "sleep") == 0;
    init_locks();
    uint64_t start = now_ns();
    for (uint32_t i = 0; i < settings.threads; i++)
        pthread_create(&threads[i], NULL, run, (void *)(uintptr_t)i);
    for (uint32_t i = 0; i < settings.threads; i++)
        pthread_join(threads[i], NULL);
    printf("%" PRIu64 "\n", now_ns() - start);
    return 0;
}
