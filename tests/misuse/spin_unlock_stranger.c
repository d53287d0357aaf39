/* A spinlock is unlocked by a thread that did not lock it.
 * misuse: unlock-not-owner object=lock in=stranger,run_body,while_held,bad
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_spinlock_t lock;

static void owner(void)
{
    pthread_spin_lock(&lock);
    end_turn();
    wait_for_turn(2);
}

static void *own(void *unused)
{
    owner();
    return unused;
}

static NOINLINE void stranger(void)
{
    pthread_spin_unlock(&lock);
}

static void bad(void)
{
    must(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE), "init");
    pthread_t thread = start(own, NULL);
    wait_for_turn(1);
    stranger();
    end_turn();
    join(thread);
}

static void fixed(void)
{
    must(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE), "init");
    pthread_spin_lock(&lock);
    pthread_spin_unlock(&lock);
    must(pthread_spin_destroy(&lock), "destroy");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
