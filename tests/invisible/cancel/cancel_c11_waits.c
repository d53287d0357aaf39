/* C11 threads cancelled in a condition wait hold the mutex in their handlers; in a join they leave
 * the other joinable; in an initialiser they leave the flag open; under a join with a lock held,
 * all of it. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <threads.h>
#include <unistd.h>

static mtx_t mutex, outer;
static cnd_t condition;
static once_flag flag = ONCE_FLAG_INIT;
static pthread_barrier_t release;
static thrd_t sleeper;
static atomic_int tid, initialised;

static int try_lock(void *object)
{
    int result = mtx_trylock(object);
    if (result == thrd_success)
        mtx_unlock(object);
    return result;
}

static void unlock(void *object)
{
    FACT_VALUE(thrd_busy, fact_elsewhere(try_lock, object));
    FACT_VALUE(thrd_success, mtx_unlock(object));
}

static void say(void *text)
{
    fact_say("%s", (const char *)text);
}

static void announce(void)
{
    atomic_store(&tid, gettid());
}

static int wait_plainly(void *unused)
{
    (void)unused;
    mtx_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    announce();
    for (;;)
        cnd_wait(&condition, &mutex);
    pthread_cleanup_pop(1);
    return 0;
}

static int wait_for_a_time(void *unused)
{
    struct timespec far = fact_deadline(CLOCK_REALTIME, 60000);
    (void)unused;
    mtx_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    announce();
    for (;;)
        cnd_timedwait(&condition, &mutex, &far);
    pthread_cleanup_pop(1);
    return 0;
}

static int sleep_until_released(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&release);
    return 77;
}

static int join_under_lock(void *unused)
{
    (void)unused;
    mtx_lock(&outer);
    pthread_cleanup_push(unlock, &outer);
    announce();
    thrd_join(sleeper, NULL);
    pthread_cleanup_pop(1);
    return 0;
}

static void initialise_or_sleep(void)
{
    if (atomic_fetch_add(&initialised, 1) > 0)
        return;
    pthread_cleanup_push(say, (void *)"the initialiser is left");
    announce();
    pause();
    pthread_cleanup_pop(0);
}

static int initialise_under_lock(void *unused)
{
    (void)unused;
    mtx_lock(&outer);
    pthread_cleanup_push(unlock, &outer);
    call_once(&flag, initialise_or_sleep);
    pthread_cleanup_pop(1);
    return 0;
}

static void cancel(const char *name, thrd_start_t routine)
{
    thrd_t thread;
    fact_say("-- %s", name);
    atomic_store(&tid, 0);
    thrd_create(&thread, routine, NULL);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    int cancelled = pthread_cancel(thread); /* stated once the thread states nothing any more */
    FACT_VALUE(thrd_success, thrd_join(thread, NULL));
    FACT_VALUE(0, cancelled);
    FACT_VALUE(thrd_success, fact_elsewhere(try_lock, &mutex));
    FACT_VALUE(thrd_success, fact_elsewhere(try_lock, &outer));
}

int main(void)
{
    int value = 0;
    mtx_init(&mutex, mtx_plain);
    mtx_init(&outer, mtx_plain);
    cnd_init(&condition);
    pthread_barrier_init(&release, NULL, 2);
    cancel("wait", wait_plainly);
    cancel("timed wait", wait_for_a_time);
    thrd_create(&sleeper, sleep_until_released, NULL);
    cancel("join", join_under_lock);
    pthread_barrier_wait(&release);
    FACT_VALUE(thrd_success, thrd_join(sleeper, &value));
    FACT_VALUE(77, value);
    cancel("call_once", initialise_under_lock);
    call_once(&flag, initialise_or_sleep);
    FACT_VALUE(2, atomic_load(&initialised));
    return fact_status();
}
