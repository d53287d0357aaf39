/* A mutex that one thread locks and another unlocks is set aside as no lock, unless the program
 * says that it hands it over: then the inversion is found.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "include/unknot/unknot.h"
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void give_a(void)
{
    pthread_mutex_lock(&lock_a);
    unknot_lock_handed_over(&lock_a);
}

static void release_what_was_given(void)
{
    pthread_mutex_unlock(&lock_a);
}

static void give_b(void)
{
    pthread_mutex_lock(&lock_b);
    unknot_lock_handed_over(&lock_b);
}

static void take_over(void)
{
    unknot_lock_taken_over(&lock_b);
    pthread_mutex_unlock(&lock_b);
}

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(give_a, release_what_was_given, give_b, take_over, a_then_b, b_then_a);
    puts("done");
    return 0;
}
