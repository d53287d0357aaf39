/* A fixed amount of work whose time is compared bare and watched; prints the nanoseconds for each
 * unit of it.
 *
 *     work contended THREADS MUTEXES NS   threads that take one of the mutexes at random and
 * compute inside it for NS nanoseconds; a unit is one section work malloc blocks allocated and
 * freed in random order, beside locks that lie in blocks too; a unit is one malloc and free
 *
 * Wall time for the contended, CPU time for malloc: the first is a matter of who waits for whom. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS_MOST = 64, MUTEXES_MOST = 1024, WORK_NS = 100000000 };
enum { BLOCKS = 1 << 12, FREES = 2000000, BYTES_MOST = 1024, LOCK_EVERY = 256 };

static struct slot {
    pthread_mutex_t mutex;
    uint64_t inside;
} __attribute__((aligned(64))) slots[MUTEXES_MOST];

static size_t thread_count, mutex_count, section_steps, sections_each;
static pthread_barrier_t start;

static double clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static uint64_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 33;
}

/* Depends on itself: neither the compiler nor the processor can shorten it. */
static uint64_t compute(uint64_t value, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        value = value * 6364136223846793005u + 1442695040888963407u;
    return value;
}

static double ns_per_step(void)
{
    enum { STEPS = 10000000 };
    double begun = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    slots[0].inside = compute(1, STEPS);
    return (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begun) / STEPS;
}

static void *contend(void *seed)
{
    uint64_t random = (uintptr_t)seed;
    pthread_barrier_wait(&start);
    for (size_t i = 0; i < sections_each; i++) {
        struct slot *slot = &slots[next_random(&random) % mutex_count];
        pthread_mutex_lock(&slot->mutex);
        slot->inside = compute(slot->inside, section_steps);
        pthread_mutex_unlock(&slot->mutex);
        random = compute(random, section_steps);
    }
    return NULL;
}

static int run_contended(char **argv)
{
    thread_count = strtoul(argv[2], NULL, 10);
    mutex_count = strtoul(argv[3], NULL, 10);
    double section_ns = strtod(argv[4], NULL);
    if (!thread_count || thread_count > THREADS_MOST || !mutex_count || mutex_count > MUTEXES_MOST)
        return 2;
    section_steps = (size_t)(section_ns / ns_per_step());
    sections_each = (size_t)(WORK_NS / (section_ns * 2 + 50) / (double)thread_count);
    for (size_t i = 0; i < mutex_count; i++)
        pthread_mutex_init(&slots[i].mutex, NULL);
    pthread_barrier_init(&start, NULL, (unsigned)thread_count + 1);
    pthread_t threads[THREADS_MOST];
    for (uintptr_t i = 0; i < thread_count; i++) {
        if (pthread_create(&threads[i], NULL, contend, (void *)(i + 1)) != 0)
            return 1;
    }
    pthread_barrier_wait(&start);
    double begun = clock_ns(CLOCK_MONOTONIC);
    for (size_t i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    double ns = clock_ns(CLOCK_MONOTONIC) - begun;
    printf("%.3f\n", ns / (double)(sections_each * thread_count));
    return 0;
}

static void *make_block(size_t bytes)
{
    void *block = malloc(bytes);
    if (block)
        memset(block, 1, bytes);
    return block;
}

static int run_malloc(void)
{
    static void *blocks[BLOCKS];
    uint64_t random = 1;
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = make_block(next_random(&random) % BYTES_MOST);
        pthread_mutex_t *mutex = i % LOCK_EVERY == 0 ? calloc(1, sizeof(*mutex)) : NULL;
        if (mutex) { /* stays */
            pthread_mutex_lock(mutex);
            pthread_mutex_unlock(mutex);
        }
    }
    double begun = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < FREES; i++) {
        void **block = &blocks[next_random(&random) % BLOCKS];
        free(*block);
        *block = make_block(next_random(&random) % BYTES_MOST);
    }
    printf("%.3f\n", (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begun) / FREES);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "contended") == 0)
        return run_contended(argv);
    if (argc == 2 && strcmp(argv[1], "malloc") == 0)
        return run_malloc();
    fputs("usage: work contended THREADS MUTEXES NS | malloc\n", stderr);
    return 2;
}
