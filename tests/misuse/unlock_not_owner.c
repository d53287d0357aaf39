/* A mutex is unlocked by a thread that never locked it, while another one holds it; annotated, that
 * is a hand-over.
 * misuse: unlock-not-owner object=lock in=stranger,run_body,while_held,bad
 * silent: fixed annotated */
#include "include/unknot/unknot.h"
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* It lives until the stranger is done. */
static void owner(void)
{
    pthread_mutex_lock(&lock);
    end_turn();
    wait_for_turn(2);
}

static void stranger(void)
{
    pthread_mutex_unlock(&lock);
}

static void owner_and_back(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void owner_hands_over(void)
{
    pthread_mutex_lock(&lock);
    unknot_lock_handed_over(&lock);
}

static void bad(void)
{
    RUN_IN_TURN(owner, stranger);
}

static void fixed(void)
{
    RUN_IN_TURN(owner_and_back, owner_and_back);
}

static void annotated(void)
{
    RUN_IN_TURN(owner_hands_over, stranger);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"annotated", annotated})
