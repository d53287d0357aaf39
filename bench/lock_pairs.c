/* What one lock and unlock of an uncontended lock costs, in nanoseconds: four patterns of mutexes,
 * and one of each other kind.
 *
 * A second thread is alive but parked, so that glibc uses its atomic path as it does in any
 * threaded program. Times come in short batches and the median batch is printed: one that was
 * preempted does not count. bench/run.py runs this bare and under the library and compares. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "bench/std_mutex.h"

#define LOCK_COUNT 1024u /* a power of two, see next_lock */

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t many[LOCK_COUNT];
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static mtx_t c11;
static sem_t semaphore;

/* A linear congruential step: it reads no memory, so it hides behind the atomics. */
static pthread_mutex_t *next_lock(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return &many[*random >> 54];
}

static void run_one(size_t pairs, uint64_t *random)
{
    (void)random;
    for (size_t i = 0; i < pairs; i++) {
        pthread_mutex_lock(&outer);
        pthread_mutex_unlock(&outer);
    }
}

static void run_nested(size_t pairs, uint64_t *random)
{
    (void)random;
    for (size_t i = 0; i < pairs; i += 2) {
        pthread_mutex_lock(&outer);
        pthread_mutex_lock(&inner);
        pthread_mutex_unlock(&inner);
        pthread_mutex_unlock(&outer);
    }
}

static void run_random(size_t pairs, uint64_t *random)
{
    for (size_t i = 0; i < pairs; i++) {
        pthread_mutex_t *lock = next_lock(random);
        pthread_mutex_lock(lock);
        pthread_mutex_unlock(lock);
    }
}

static void run_nested_random(size_t pairs, uint64_t *random)
{
    for (size_t i = 0; i < pairs; i += 2) {
        pthread_mutex_t *lock = next_lock(random);
        pthread_mutex_lock(&outer);
        pthread_mutex_lock(lock);
        pthread_mutex_unlock(lock);
        pthread_mutex_unlock(&outer);
    }
}

/* Pairs of one object of another kind. */
#define RUN_PAIRS(name, ACQUIRE, RELEASE)                                                          \
    static void run_##name(size_t pairs, uint64_t *random)                                         \
    {                                                                                              \
        (void)random;                                                                              \
        for (size_t i = 0; i < pairs; i++) {                                                       \
            ACQUIRE;                                                                               \
            RELEASE;                                                                               \
        }                                                                                          \
    }

RUN_PAIRS(rwlock_read, pthread_rwlock_rdlock(&rwlock), pthread_rwlock_unlock(&rwlock))
RUN_PAIRS(rwlock_write, pthread_rwlock_wrlock(&rwlock), pthread_rwlock_unlock(&rwlock))
RUN_PAIRS(spin, pthread_spin_lock(&spin), pthread_spin_unlock(&spin))
RUN_PAIRS(c11, mtx_lock(&c11), mtx_unlock(&c11))
RUN_PAIRS(semaphore, sem_wait(&semaphore), sem_post(&semaphore))

static void run_std_mutex(size_t pairs, uint64_t *random)
{
    (void)random;
    std_mutex_pairs(pairs);
}

static const struct pattern {
    const char *name;
    void (*run)(size_t pairs, uint64_t *random);
} patterns[] = {
    {"one", run_one},
    {"nested", run_nested},
    {"random", run_random},
    {"nested-random", run_nested_random},
    {"rwlock-read", run_rwlock_read},
    {"rwlock-write", run_rwlock_write},
    {"spinlock", run_spin},
    {"c11", run_c11},
    {"std-mutex", run_std_mutex},
    {"semaphore", run_semaphore},
};
#define PATTERN_COUNT (sizeof patterns / sizeof *patterns)

static void die(const char *what, int error)
{
    fprintf(stderr, "lock_pairs: %s: %s\n", what, strerror(error));
    exit(1);
}

static double now_ns(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        die("clock_gettime", errno);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The first tenth of the batches warms the caches up and is left out. */
static double median_ns_per_pair(const struct pattern *pattern, size_t batches, size_t pairs)
{
    size_t warm_up = batches / 10 + 1;
    uint64_t random = 1;
    double *times = calloc(batches, sizeof *times);
    if (!times)
        die("calloc", ENOMEM);
    for (size_t i = 0; i < warm_up; i++)
        pattern->run(pairs, &random);
    for (size_t i = 0; i < batches; i++) {
        double start = now_ns();
        pattern->run(pairs, &random);
        times[i] = (now_ns() - start) / (double)pairs;
    }
    qsort(times, batches, sizeof *times, compare_doubles);
    double median = times[batches / 2];
    free(times);
    return median;
}

/* Parked in a system call that no tool gives a meaning to, until the pipe is closed. */
static void *parked_thread(void *argument)
{
    const int *read_end = argument;
    char byte;
    while (read(*read_end, &byte, 1) < 0 && errno == EINTR)
        continue;
    return NULL;
}

static void print_patterns(const char *wanted, size_t batches, size_t pairs)
{
    size_t printed = 0;
    for (size_t i = 0; i < PATTERN_COUNT; i++) {
        if (strcmp(wanted, "all") != 0 && strcmp(wanted, patterns[i].name) != 0)
            continue;
        printf("%s %.3f\n", patterns[i].name, median_ns_per_pair(&patterns[i], batches, pairs));
        printed++;
    }
    if (printed == 0) {
        fprintf(stderr, "lock_pairs: no pattern '%s'; try: all", wanted);
        for (size_t i = 0; i < PATTERN_COUNT; i++)
            fprintf(stderr, ", %s", patterns[i].name);
        fputc('\n', stderr);
        exit(2);
    }
}

static size_t parse_count(const char *text)
{
    char *end;
    errno = 0;
    unsigned long count = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text || count < 2 || count % 2 != 0) {
        fprintf(stderr, "lock_pairs: '%s' is not an even number above 0\n", text);
        exit(2);
    }
    return count;
}

int main(int argc, char **argv)
{
    if (argc > 4) {
        fputs("usage: lock_pairs [PATTERN|all [BATCHES [PAIRS-PER-BATCH]]]\n", stderr);
        return 2;
    }
    const char *wanted = argc > 1 ? argv[1] : "all";
    size_t batches = argc > 2 ? parse_count(argv[2]) : 200;
    size_t pairs = argc > 3 ? parse_count(argv[3]) : 20000;

    for (size_t i = 0; i < LOCK_COUNT; i++)
        pthread_mutex_init(&many[i], NULL);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    mtx_init(&c11, mtx_plain);
    sem_init(&semaphore, 0, 1);
    int ends[2];
    if (pipe(ends) != 0)
        die("pipe", errno);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, parked_thread, &ends[0]);
    if (error != 0)
        die("pthread_create", error);

    print_patterns(wanted, batches, pairs);

    close(ends[1]);
    pthread_join(thread, NULL);
    return 0;
}
