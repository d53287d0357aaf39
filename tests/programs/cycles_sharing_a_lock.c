/* Two inversions with one lock in common: fixing one leaves the other.
 * verdict: finding locks=hub,lock_a
 * verdict: finding locks=hub,lock_b */
#include "tests/programs/support.h"

static pthread_mutex_t hub = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void hub_then_a(void)
{
    nest(&hub, &lock_a);
}

static void a_then_hub(void)
{
    nest(&lock_a, &hub);
}

static void hub_then_b(void)
{
    nest(&hub, &lock_b);
}

static void b_then_hub(void)
{
    nest(&lock_b, &hub);
}

int main(void)
{
    RUN_IN_TURN(hub_then_a, a_then_hub, hub_then_b, b_then_hub);
    puts("done");
    return 0;
}
