/* A signal that can be lost, and here comes in time: it is sent without the mutex; `unlocked`: the
 * waiter looks before it has the mutex; `right`: neither. */
#include "tests/prove/prove.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static volatile bool is_ready;
static bool is_unlocked, is_right;

static NOINLINE void wait_once(void)
{
    if (is_unlocked && is_ready)
        return;
    lock(&mutex);
    while (!is_ready || is_unlocked) {
        must(pthread_cond_wait(&changed, &mutex), "pthread_cond_wait");
        if (is_unlocked)
            break;
    }
    unlock(&mutex);
}

static NOINLINE void signal_once(void)
{
    if (is_unlocked || is_right)
        lock(&mutex);
    is_ready = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    if (is_unlocked || is_right)
        unlock(&mutex);
}

int main(int argc, char **argv)
{
    is_unlocked = is_case(argc, argv, "unlocked");
    is_right = is_case(argc, argv, "right");
    RUN_APART(2 * APART_MS, wait_once, signal_once);
    return finish(1, 1);
}
