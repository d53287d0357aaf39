/* What every C11 thread call returns, in success and in failure; none of them touches errno. */
#include "tests/invisible/fact.h"

#include <stdatomic.h>
#include <threads.h>

#define C11(expected, call)                                                                        \
    do {                                                                                           \
        errno = FACT_ERRNO;                                                                        \
        FACT_VALUE(expected, call);                                                                \
        FACT_VALUE(FACT_ERRNO, errno);                                                             \
    } while (0)

static mtx_t plain, recursive;
static cnd_t condition;
static once_flag flag = ONCE_FLAG_INIT, nested_flag = ONCE_FLAG_INIT;
static atomic_int initialised;

static int try_lock(void *mutex)
{
    return mtx_trylock(mutex);
}

static int lock_until_now(void *mutex)
{
    struct timespec past = fact_deadline(CLOCK_REALTIME, -1000);
    return mtx_timedlock(mutex, &past);
}

static int lock_until_soon(void *mutex)
{
    struct timespec soon = fact_deadline(CLOCK_REALTIME, 30);
    return mtx_timedlock(mutex, &soon);
}

static int lock_until_nonsense(void *mutex)
{
    struct timespec nonsense = {.tv_nsec = -1};
    return mtx_timedlock(mutex, &nonsense);
}

static int unlock(void *mutex)
{
    return mtx_unlock(mutex);
}

static void check_plain(void)
{
    C11(thrd_success, mtx_init(&plain, mtx_timed));
    C11(thrd_success, mtx_lock(&plain));
    C11(thrd_busy, fact_elsewhere(try_lock, &plain));
    C11(thrd_timedout, fact_elsewhere(lock_until_now, &plain));
    C11(thrd_timedout, fact_elsewhere(lock_until_soon, &plain));
    C11(thrd_error, fact_elsewhere(lock_until_nonsense, &plain));
    C11(thrd_busy, mtx_trylock(&plain));
    C11(thrd_success, mtx_unlock(&plain));
    C11(thrd_success, mtx_trylock(&plain));
    C11(thrd_success, mtx_unlock(&plain));
    C11(thrd_success, lock_until_nonsense(&plain));
    C11(thrd_success, mtx_unlock(&plain));
}

static void check_recursive(void)
{
    C11(thrd_success, mtx_init(&recursive, mtx_plain | mtx_recursive));
    C11(thrd_error, mtx_unlock(&recursive));
    for (int depth = 0; depth < 3; depth++)
        C11(thrd_success, mtx_lock(&recursive));
    C11(thrd_success, mtx_trylock(&recursive));
    C11(thrd_error, fact_elsewhere(unlock, &recursive));
    C11(thrd_busy, fact_elsewhere(try_lock, &recursive));
    for (int depth = 0; depth < 4; depth++)
        C11(thrd_success, mtx_unlock(&recursive));
    C11(thrd_error, mtx_unlock(&recursive));
    mtx_destroy(&recursive);
}

static void check_condition(void)
{
    struct timespec past = fact_deadline(CLOCK_REALTIME, -1000), nonsense = {.tv_nsec = 2000000000};
    C11(thrd_success, cnd_init(&condition));
    C11(thrd_success, mtx_lock(&plain));
    C11(thrd_timedout, cnd_timedwait(&condition, &plain, &past));
    C11(thrd_error, cnd_timedwait(&condition, &plain, &nonsense));
    C11(thrd_busy, fact_elsewhere(try_lock, &plain));
    C11(thrd_success, mtx_unlock(&plain));
    cnd_destroy(&condition);
}

static int end_by_return(void *number)
{
    return *(int *)number;
}

static int end_by_exit(void *number)
{
    mtx_lock(&plain);
    mtx_unlock(&plain);
    thrd_exit(*(int *)number);
}

static void check_threads(void)
{
    int numbers[] = {7, -1}, value = 0;
    thrd_t thread;
    C11(thrd_success, thrd_create(&thread, end_by_return, &numbers[0]));
    C11(thrd_success, thrd_join(thread, &value));
    FACT_VALUE(7, value);
    C11(thrd_success, thrd_create(&thread, end_by_exit, &numbers[1]));
    C11(thrd_success, mtx_lock(&plain));
    C11(thrd_success, mtx_unlock(&plain));
    C11(thrd_success, thrd_join(thread, &value));
    FACT_VALUE(-1, value);
    C11(thrd_success, thrd_create(&thread, end_by_return, &numbers[0]));
    C11(thrd_success, thrd_join(thread, NULL));
    C11(thrd_error, thrd_join(thrd_current(), NULL));
    C11(thrd_success, thrd_create(&thread, end_by_return, &numbers[0]));
    C11(thrd_success, thrd_detach(thread));
    FACT_VALUE(1, thrd_equal(thrd_current(), thrd_current()));
}

static void count(void)
{
    initialised++;
}

static void count_after_nested(void)
{
    mtx_lock(&plain);
    call_once(&nested_flag, count);
    mtx_unlock(&plain);
    initialised++;
}

static int call_both(void *unused)
{
    (void)unused;
    call_once(&flag, count_after_nested);
    mtx_lock(&plain);
    call_once(&flag, count_after_nested);
    call_once(&nested_flag, count);
    mtx_unlock(&plain);
    return 0;
}

static void check_once(void)
{
    thrd_t threads[8];
    for (int i = 0; i < 8; i++)
        thrd_create(&threads[i], call_both, NULL);
    for (int i = 0; i < 8; i++)
        thrd_join(threads[i], NULL);
    errno = FACT_ERRNO;
    call_once(&flag, count);
    FACT_VALUE(FACT_ERRNO, errno);
    FACT_VALUE(2, atomic_load(&initialised));
}

int main(void)
{
    check_plain();
    check_recursive();
    check_condition();
    check_threads();
    check_once();
    mtx_destroy(&plain);
    return fact_status();
}
