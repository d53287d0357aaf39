/* An inversion by a thread that holds a thousand other locks.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b_with_a_thousand
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

#define MANY 1000

static pthread_mutex_t many[MANY];
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b_with_a_thousand(void)
{
    for (int i = 0; i < MANY; i++)
        must(pthread_mutex_lock(&many[i]), "lock one of many");
    nest(&lock_a, &lock_b);
    for (int i = 0; i < MANY; i++)
        must(pthread_mutex_unlock(&many[i]), "unlock one of many");
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    for (int i = 0; i < MANY; i++)
        must(pthread_mutex_init(&many[i], NULL), "pthread_mutex_init");
    RUN_IN_TURN(a_then_b_with_a_thousand, b_then_a);
    puts("done");
    return 0;
}
