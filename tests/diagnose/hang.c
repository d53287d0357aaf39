/* Deadlocks, each in one way: hang CASE [COUNT]. What a case needs to be in place before its last
 * step is forced with a barrier, so that it hangs on every run; it never ends by itself.
 * hangs.py says what must be found in each. */
#include "tests/diagnose/hang.h"

#include <sys/wait.h>
#include <threads.h>

static pthread_rwlock_t catalogue = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t prices = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t ring[THREADS_MAX];
static size_t ring_count;
static struct account {
    int balance;
    pthread_mutex_t lock;
} accounts[3] = {
    {0, PTHREAD_MUTEX_INITIALIZER}, {0, PTHREAD_MUTEX_INITIALIZER}, {0, PTHREAD_MUTEX_INITIALIZER}};
static pthread_once_t control = PTHREAD_ONCE_INIT;
static mtx_t mtx_A, mtx_B;

static void cross(pthread_mutex_t *a, pthread_mutex_t *b)
{
    static struct pair pairs[2];
    pairs[0] = (struct pair){a, b};
    pairs[1] = (struct pair){b, a};
    meet(2);
    start(0, take_pair, &pairs[0]);
    start(1, take_pair, &pairs[1]);
    pthread_join(threads[0], NULL);
}

static void lock_pair(int count)
{
    (void)count;
    cross(&lock_A, &lock_B);
}

static void member_pair(int count)
{
    (void)count;
    cross(&accounts[1].lock, &accounts[2].lock);
}

static void heap_pair(int count)
{
    (void)count;
    pthread_mutex_t *locks = calloc(2, sizeof *locks);
    cross(&locks[0], &locks[1]);
}

static void kind_pair(int type, int protocol, int robust)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    must(pthread_mutexattr_settype(&attributes, type), "set a type");
    must(pthread_mutexattr_setprotocol(&attributes, protocol), "set a protocol");
    must(pthread_mutexattr_setrobust(&attributes, robust), "make it robust");
    pthread_mutex_init(&lock_A, &attributes);
    pthread_mutex_init(&lock_B, &attributes);
}

static void recursive_pair(int count)
{
    kind_pair(PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    lock_pair(count);
}

static void adaptive_pair(int count)
{
    kind_pair(PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    lock_pair(count);
}

static void robust_pair(int count)
{
    kind_pair(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
    lock_pair(count);
}

static void inherit_pair(int count)
{
    kind_pair(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
    lock_pair(count);
}

static void inherit_relock(int count)
{
    (void)count;
    kind_pair(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
    pthread_mutex_lock(&lock_A);
    pthread_mutex_lock(&lock_A);
}

static void relock(int count)
{
    (void)count;
    pthread_mutex_lock(&lock_A);
    pthread_mutex_lock(&lock_A);
}

static void *take_catalogue_then_prices(void *argument)
{
    pthread_rwlock_wrlock(&catalogue);
    wait_together();
    pthread_rwlock_rdlock(&prices);
    return argument;
}

static void *take_prices_then_catalogue(void *argument)
{
    pthread_rwlock_wrlock(&prices);
    wait_together();
    pthread_rwlock_wrlock(&catalogue);
    return argument;
}

static void rwlock_writers(int count)
{
    (void)count;
    meet(2);
    start(0, take_catalogue_then_prices, NULL);
    start(1, take_prices_then_catalogue, NULL);
    pthread_join(threads[0], NULL);
}

static void *take_A(void *argument)
{
    pthread_mutex_lock(&lock_A);
    return argument;
}

static void join_under_lock(int count)
{
    (void)count;
    pthread_mutex_lock(&lock_A);
    start(0, take_A, NULL);
    pthread_join(threads[0], NULL);
}

static void *join_first(void *argument)
{
    wait_together();
    pthread_join(threads[0], NULL);
    return argument;
}

static void *join_second(void *argument)
{
    wait_together();
    pthread_join(threads[1], NULL);
    return argument;
}

static void mutual_join(int count)
{
    (void)count;
    meet(3);
    start(0, join_second, NULL);
    start(1, join_first, NULL);
    wait_together();
    pause();
}

static void owner_ended(int count)
{
    (void)count;
    start(0, take_A, NULL);
    pthread_join(threads[0], NULL);
    pthread_mutex_lock(&lock_A);
}

/* The child prints its number and hangs; the parent waits for it. */
static void lost_in_fork(int count)
{
    (void)count;
    meet(2);
    start(0, hold_A, NULL);
    wait_together();
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(&lock_A);
    }
    printf("%d\n", (int)child);
    fflush(stdout);
    waitpid(child, NULL, 0);
}

static void initialise(void)
{
    wait_together();
    pthread_mutex_lock(&lock_A);
}

static void *run_once(void *argument)
{
    pthread_once(&control, initialise);
    return argument;
}

static void once_under_lock(int count)
{
    (void)count;
    meet(2);
    start(0, run_once, NULL);
    pthread_mutex_lock(&lock_A);
    wait_together();
    pthread_once(&control, initialise);
}

static void *stream_then_A(void *argument)
{
    flockfile(stdout);
    wait_together();
    pthread_mutex_lock(&lock_A);
    return argument;
}

static void stream_pair(int count)
{
    (void)count;
    meet(2);
    start(0, stream_then_A, NULL);
    pthread_mutex_lock(&lock_A);
    wait_together();
    puts("never printed");
}

static int mtx_thread(void *argument)
{
    mtx_lock(argument == &mtx_A ? &mtx_A : &mtx_B);
    wait_together();
    mtx_lock(argument == &mtx_A ? &mtx_B : &mtx_A);
    return 0;
}

static void c11_pair(int count)
{
    thrd_t one, other;
    (void)count;
    mtx_init(&mtx_A, mtx_plain);
    mtx_init(&mtx_B, mtx_plain);
    meet(2);
    thrd_create(&one, mtx_thread, &mtx_A);
    thrd_create(&other, mtx_thread, &mtx_B);
    thrd_join(one, NULL);
}

static void *take_ring(void *argument)
{
    size_t index = (size_t)((char *)argument - (char *)threads) / sizeof threads[0];
    pthread_mutex_lock(&ring[index]);
    wait_together();
    pthread_mutex_lock(&ring[(index + 1) % ring_count]);
    return NULL;
}

/* COUNT threads, each of which holds one lock and wants the next; the last one wants the first. */
static void ring_of(int count)
{
    ring_count = (size_t)count;
    for (int i = 0; i < count; i++) {
        pthread_mutex_init(&ring[i], NULL);
    }
    meet((unsigned)count);
    for (int i = 0; i < count; i++) {
        start((size_t)i, take_ring, &threads[i]);
    }
    pthread_join(threads[0], NULL);
}

static void *wait_for_A(void *argument)
{
    wait_together();
    pthread_mutex_lock(&lock_A);
    return argument;
}

/* A pair that hangs, and COUNT threads that want one of its locks. */
static void pair_and_crowd(int count)
{
    static struct pair pairs[2] = {{&lock_A, &lock_B}, {&lock_B, &lock_A}};
    meet((unsigned)count + 2);
    start(0, take_pair, &pairs[0]);
    start(1, take_pair, &pairs[1]);
    for (int i = 0; i < count; i++) {
        start((size_t)i + 2, wait_for_A, NULL);
    }
    pthread_join(threads[0], NULL);
}

static const struct hang_case cases[] = {
    HANG_CASE(lock_pair),      HANG_CASE(member_pair),     HANG_CASE(heap_pair),
    HANG_CASE(recursive_pair), HANG_CASE(adaptive_pair),   HANG_CASE(robust_pair),
    HANG_CASE(inherit_pair),   HANG_CASE(inherit_relock),  HANG_CASE(relock),
    HANG_CASE(rwlock_writers), HANG_CASE(join_under_lock), HANG_CASE(mutual_join),
    HANG_CASE(owner_ended),    HANG_CASE(lost_in_fork),    HANG_CASE(once_under_lock),
    HANG_CASE(stream_pair),    HANG_CASE(c11_pair),        HANG_CASE(ring_of),
    HANG_CASE(pair_and_crowd),
};

int main(int argc, char **argv)
{
    return hang_run(cases, sizeof cases / sizeof cases[0], argc, argv);
}
