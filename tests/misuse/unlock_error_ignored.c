/* An error-checking mutex refuses to be unlocked by the wrong thread: wrong only if that goes
 * unnoticed.
 * misuse: unlock-not-owner object=lock in=stranger,run_body,while_held,bad
 * silent: checked */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;

static void stranger(void)
{
    pthread_mutex_unlock(&lock);
}

static void careful_stranger(void)
{
    must_be(pthread_mutex_unlock(&lock) == EPERM, "the mutex checks its owner");
}

static void *hold(void *unused)
{
    pthread_mutex_lock(&lock);
    end_turn();
    wait_for_turn(2);
    pthread_mutex_unlock(&lock);
    return unused;
}

static void while_held(void (*act)(void))
{
    init_mutex_of_type(&lock, PTHREAD_MUTEX_ERRORCHECK);
    pthread_t holder = start(hold, NULL);
    wait_for_turn(1);
    act();
    end_turn();
    join(holder);
}

static void bad(void)
{
    while_held(stranger);
}

static void checked(void)
{
    while_held(careful_stranger);
}

VARIANTS({"bad", bad}, {"checked", checked})
