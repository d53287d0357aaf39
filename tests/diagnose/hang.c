/* Hangs, each in one way: hang CASE [COUNT]. What a case needs to be in place before its last step
 * is forced with a barrier, so that it hangs on every run; it never ends by itself.
 * cases.py says what must be found in each. */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 1100

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_B = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t catalogue = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t prices = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t ring[THREADS_MAX];
static size_t ring_count;
static pthread_barrier_t together;
static struct account {
    int balance;
    pthread_mutex_t lock;
} accounts[3] = {
    {0, PTHREAD_MUTEX_INITIALIZER}, {0, PTHREAD_MUTEX_INITIALIZER}, {0, PTHREAD_MUTEX_INITIALIZER}};
static sem_t sem_A, sem_B;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static pthread_once_t control = PTHREAD_ONCE_INIT;
static mtx_t mtx_A, mtx_B;
static pthread_t threads[THREADS_MAX];

static void must(int error, const char *what)
{
    if (error != 0) {
        fprintf(stderr, "cannot %s: %s\n", what, strerror(error));
        exit(EXIT_FAILURE);
    }
}

static void start(size_t index, void *(*routine)(void *), void *argument)
{
    must(pthread_create(&threads[index], NULL, routine, argument), "start a thread");
}

static void wait_together(void)
{
    pthread_barrier_wait(&together);
}

static void meet(unsigned count)
{
    must(pthread_barrier_init(&together, NULL, count), "make a barrier");
}

/* Two mutexes that a thread takes one after the other, another thread in between. */
struct pair {
    pthread_mutex_t *first, *second;
};

static void *take_pair(void *argument)
{
    const struct pair *pair = argument;
    pthread_mutex_lock(pair->first);
    wait_together();
    pthread_mutex_lock(pair->second);
    return NULL;
}

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

static void *upgrade(void *argument)
{
    pthread_rwlock_rdlock(&catalogue);
    wait_together();
    pthread_rwlock_wrlock(&catalogue);
    return argument;
}

static void rwlock_upgrade(int count)
{
    (void)count;
    meet(2);
    start(0, upgrade, NULL);
    start(1, upgrade, NULL);
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

static void *hold_A(void *argument)
{
    pthread_mutex_lock(&lock_A);
    wait_together();
    pause();
    return argument;
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

static void *wait_ready(void *argument)
{
    pthread_mutex_lock(&lock_A);
    pthread_cond_wait(&ready, &lock_A);
    return argument;
}

static void lost_wakeup(int count)
{
    (void)count;
    pthread_cond_signal(&ready);
    start(0, wait_ready, NULL);
    pthread_join(threads[0], NULL);
}

static void *take_semaphores(void *argument)
{
    sem_wait(argument == &sem_A ? &sem_A : &sem_B);
    wait_together();
    sem_wait(argument == &sem_A ? &sem_B : &sem_A);
    return argument;
}

static void semaphore_pair(int count)
{
    (void)count;
    sem_init(&sem_A, 0, 1);
    sem_init(&sem_B, 0, 1);
    meet(2);
    start(0, take_semaphores, &sem_A);
    start(1, take_semaphores, &sem_B);
    pthread_join(threads[0], NULL);
}

static void barrier_missing(int count)
{
    (void)count;
    meet(2);
    wait_together();
}

static struct timespec one_day_from(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_sec += 86400;
    return time;
}

static void *take_pair_timed(void *argument)
{
    const struct pair *pair = argument;
    struct timespec until = one_day_from(CLOCK_REALTIME);
    pthread_mutex_lock(pair->first);
    wait_together();
    pthread_mutex_timedlock(pair->second, &until);
    return NULL;
}

/* From here on nothing is stuck for ever. */
static void timed_pair(int count)
{
    static struct pair pairs[2] = {{&lock_A, &lock_B}, {&lock_B, &lock_A}};
    (void)count;
    meet(2);
    start(0, take_pair_timed, &pairs[0]);
    start(1, take_pair_timed, &pairs[1]);
    pthread_join(threads[0], NULL);
}

static void held_by_sleeper(int count)
{
    (void)count;
    meet(2);
    start(0, hold_A, NULL);
    wait_together();
    pthread_mutex_lock(&lock_A);
}

static void *spin(void *argument)
{
    for (;;) {
        __atomic_add_fetch(&accounts[0].balance, 1, __ATOMIC_RELAXED);
    }
    return argument;
}

static void busy(int count)
{
    (void)count;
    start(0, spin, NULL);
    poll(NULL, 0, -1);
}

static void *hand_over(void *argument)
{
    for (;;) {
        pthread_mutex_lock(&lock_A);
        usleep(1000);
        pthread_mutex_unlock(&lock_A);
    }
    return argument;
}

static void slow(int count)
{
    for (int i = 0; i < count; i++) {
        start((size_t)i, hand_over, NULL);
    }
    pthread_join(threads[0], NULL);
}

static const struct {
    const char *name;
    void (*run)(int count);
} cases[] = {
#define CASE(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }
    CASE(lock_pair),
    CASE(member_pair),
    CASE(heap_pair),
    CASE(recursive_pair),
    CASE(adaptive_pair),
    CASE(robust_pair),
    CASE(inherit_pair),
    CASE(inherit_relock),
    CASE(relock),
    CASE(rwlock_writers),
    CASE(rwlock_upgrade),
    CASE(join_under_lock),
    CASE(mutual_join),
    CASE(owner_ended),
    CASE(lost_in_fork),
    CASE(once_under_lock),
    CASE(stream_pair),
    CASE(c11_pair),
    CASE(ring_of),
    CASE(pair_and_crowd),
    CASE(lost_wakeup),
    CASE(semaphore_pair),
    CASE(barrier_missing),
    CASE(timed_pair),
    CASE(held_by_sleeper),
    CASE(busy),
    CASE(slow),
#undef CASE
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run(argc > 2 ? atoi(argv[2]) : 0);
            return 0;
        }
    }
    fprintf(stderr, "usage: hang CASE [COUNT]\n");
    return 2;
}
