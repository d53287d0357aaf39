/* Waits for a condition with a mutex that a fix is for. Usage: conditions SCENE. */
#include <errno.h>
#include <threads.h>

#include "scene.h"

enum { ITEMS = 300 };

pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER, journal = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, taken = PTHREAD_COND_INITIALIZER;
static int items;
static long written;

mtx_t c11_queue, c11_journal;
static cnd_t c11_filled;

/* Each side takes the journal inside the queue's lock, the other way round now and then. */
static void write_journal(int i)
{
    if (i % 3 == 0)
        CHECK(pthread_mutex_lock(&journal) == 0);
    CHECK(pthread_mutex_lock(&queue) == 0);
    if (i % 3 != 0)
        CHECK(pthread_mutex_lock(&journal) == 0);
    written++;
    CHECK(pthread_mutex_unlock(&journal) == 0);
    CHECK(pthread_mutex_unlock(&queue) == 0);
}

static void *produce(void *unused)
{
    (void)unused;
    for (int i = 0; i < ITEMS; i++) {
        CHECK(pthread_mutex_lock(&queue) == 0);
        while (items == 1)
            CHECK(pthread_cond_wait(&taken, &queue) == 0);
        items = 1;
        CHECK(pthread_cond_signal(&filled) == 0);
        CHECK(pthread_mutex_unlock(&queue) == 0);
        write_journal(i);
    }
    return NULL;
}

static void *consume(void *unused)
{
    (void)unused;
    for (int i = 0; i < ITEMS; i++) {
        CHECK(pthread_mutex_lock(&queue) == 0);
        struct timespec deadline = after_ms(CLOCK_MONOTONIC, 10000);
        while (items == 0)
            CHECK(pthread_cond_clockwait(&filled, &queue, CLOCK_MONOTONIC, &deadline) == 0);
        items = 0;
        CHECK(pthread_cond_signal(&taken) == 0);
        CHECK(pthread_mutex_unlock(&queue) == 0);
        write_journal(i + 1);
    }
    return NULL;
}

static void hand_over(void)
{
    run_two(produce, consume);
    CHECK(written == 2 * ITEMS && items == 0);
}

static flag is_timed_out;

static void *take_both(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&journal) == 0);
    CHECK(pthread_mutex_lock(&queue) == 0);
    items = 1;
    CHECK(pthread_cond_broadcast(&filled) == 0);
    CHECK(pthread_mutex_unlock(&queue) == 0);
    CHECK(pthread_mutex_unlock(&journal) == 0);
    return NULL;
}

/* Times out with the mutex, then waits for what takes the other lock as well. */
static void time_out(void)
{
    pthread_t other;
    struct timespec deadline = after_ms(CLOCK_REALTIME, 5);
    CHECK(pthread_mutex_lock(&queue) == 0);
    CHECK(pthread_cond_timedwait(&filled, &queue, &deadline) == ETIMEDOUT);
    CHECK(pthread_create(&other, NULL, take_both, NULL) == 0);
    while (!items)
        CHECK(pthread_cond_wait(&filled, &queue) == 0);
    CHECK(pthread_mutex_unlock(&queue) == 0);
    CHECK(pthread_join(other, NULL) == 0);
}

/* The signaller needs no lock: what is held besides stays held, as with a real recursive lock. */
static void *signal_unlocked(void *unused)
{
    (void)unused;
    await(&is_timed_out);
    for (;;) {
        CHECK(pthread_cond_broadcast(&filled) == 0);
        pthread_testcancel();
        sleep_ms(1);
    }
    return NULL;
}

static void hold_another(void)
{
    pthread_t other;
    CHECK(pthread_create(&other, NULL, signal_unlocked, NULL) == 0);
    CHECK(pthread_mutex_lock(&journal) == 0);
    CHECK(pthread_mutex_lock(&queue) == 0);
    reached(&is_timed_out);
    CHECK(pthread_cond_wait(&filled, &queue) == 0);
    CHECK(pthread_mutex_unlock(&queue) == 0);
    CHECK(pthread_mutex_unlock(&journal) == 0);
    CHECK(pthread_cancel(other) == 0);
    CHECK(pthread_join(other, NULL) == 0);
}

static void unlock(void *mutex)
{
    CHECK(pthread_mutex_unlock(mutex) == 0);
}

static flag is_waiting;

static void *wait_for_ever(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&queue) == 0);
    pthread_cleanup_push(unlock, &queue);
    reached(&is_waiting);
    for (;;)
        pthread_cond_wait(&filled, &queue);
    pthread_cleanup_pop(1);
    return NULL;
}

/* A cancelled wait ends with the mutex, and gives it back. */
static void be_cancelled(void)
{
    pthread_t other;
    void *value;
    CHECK(pthread_create(&other, NULL, wait_for_ever, NULL) == 0);
    await(&is_waiting);
    take_both(NULL);
    CHECK(pthread_cancel(other) == 0);
    CHECK(pthread_join(other, &value) == 0 && value == PTHREAD_CANCELED);
    take_both(NULL);
}

/* While it waits, the gate is free for who takes both; it comes back in the gate's order. */
static void *take_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < ITEMS; i++)
        take_both(NULL);
    return NULL;
}

static void *wait_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < ITEMS; i++) {
        struct timespec deadline = after_ms(CLOCK_REALTIME, 1);
        CHECK(pthread_mutex_lock(&queue) == 0);
        int result = pthread_cond_timedwait(&filled, &queue, &deadline);
        CHECK(result == 0 || result == ETIMEDOUT);
        CHECK(pthread_mutex_lock(&outer) == 0);
        written++;
        CHECK(pthread_mutex_unlock(&outer) == 0);
        CHECK(pthread_mutex_unlock(&queue) == 0);
    }
    return NULL;
}

static void pass_the_gate(void)
{
    run_two(take_often, wait_often);
    CHECK(written == ITEMS);
}

static int c11_fill(void *unused)
{
    (void)unused;
    CHECK(mtx_lock(&c11_journal) == thrd_success);
    CHECK(mtx_lock(&c11_queue) == thrd_success);
    items = 1;
    CHECK(cnd_signal(&c11_filled) == thrd_success);
    CHECK(mtx_unlock(&c11_queue) == thrd_success);
    CHECK(mtx_unlock(&c11_journal) == thrd_success);
    return 0;
}

static void c11(void)
{
    thrd_t other;
    struct timespec deadline = after_ms(CLOCK_REALTIME, 5);
    mtx_init(&c11_queue, mtx_plain);
    mtx_init(&c11_journal, mtx_plain);
    cnd_init(&c11_filled);
    CHECK(mtx_lock(&c11_queue) == thrd_success);
    CHECK(cnd_timedwait(&c11_filled, &c11_queue, &deadline) == thrd_timedout);
    CHECK(thrd_create(&other, c11_fill, NULL) == thrd_success);
    while (!items)
        CHECK(cnd_wait(&c11_filled, &c11_queue) == thrd_success);
    CHECK(mtx_unlock(&c11_queue) == thrd_success);
    CHECK(thrd_join(other, NULL) == thrd_success);
}

static const struct {
    const char *name;
    void (*play)(void);
} scenes[] = {
    {"hand_over", hand_over},         {"time_out", time_out},
    {"hold_another", hold_another},   {"be_cancelled", be_cancelled},
    {"pass_the_gate", pass_the_gate}, {"c11", c11},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 2 && i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        if (strcmp(arguments[1], scenes[i].name) != 0)
            continue;
        scenes[i].play();
        return 0;
    }
    return 2;
}
