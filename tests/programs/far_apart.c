/* The second half of the inversion comes a hundred million lock operations after the first, which
 * must not have been forgotten. The argument is another count.
 * levels: O2
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

#define OTHERS 64

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t others[OTHERS];
static unsigned long operations = 100000000;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

/* Half of the operations take a lock, half release it; every eighth lock holds another one. */
static void a_hundred_million_others(void)
{
    for (unsigned long done = 0; done < operations; done += 18) {
        pthread_mutex_t *first = &others[done % OTHERS];

        for (int i = 0; i < 8; i++) {
            pthread_mutex_lock(first);
            if (i == 7)
                pthread_mutex_lock(&others[OTHERS - 1]);
            if (i == 7)
                pthread_mutex_unlock(&others[OTHERS - 1]);
            pthread_mutex_unlock(first);
        }
    }
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        operations = strtoul(argv[1], NULL, 10);
    for (int i = 0; i < OTHERS; i++)
        must(pthread_mutex_init(&others[i], NULL), "pthread_mutex_init");
    RUN_IN_TURN(a_then_b, a_hundred_million_others, b_then_a);
    puts("done");
    return 0;
}
