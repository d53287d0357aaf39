/* Threads with the smallest stack there may be, and with 16 KiB given by the program, lock nested,
 * wait on a condition and read-lock, as they can without the shim; nothing next to the given stack
 * is overwritten. */
#include "tests/invisible/fact.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LOCKS = 12, MARGIN = 4096, GIVEN = 16384 };

static pthread_mutex_t locks[LOCKS];
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static int nest(int depth)
{
    struct timespec past = {0, 0};
    if (depth == LOCKS)
        return 0;
    int bad = pthread_mutex_lock(&locks[depth]) != 0;
    bad += pthread_rwlock_rdlock(&shared) != 0;
    bad += pthread_cond_timedwait(&condition, &locks[depth], &past) != ETIMEDOUT;
    bad += nest(depth + 1);
    bad += pthread_rwlock_unlock(&shared) != 0;
    return bad + (pthread_mutex_unlock(&locks[depth]) != 0);
}

static void *run(void *unused)
{
    (void)unused;
    int bad = 0;
    for (int i = 0; i < 20; i++)
        bad += nest(0);
    return (void *)(long)bad;
}

static void run_with(pthread_attr_t *attributes)
{
    pthread_t thread;
    void *bad = (void *)-1L;
    FACT_VALUE(0, pthread_create(&thread, attributes, run, NULL));
    FACT_RESULT(0, pthread_join(thread, &bad));
    FACT_VALUE(0, (long)bad);
}

static int overwritten(const unsigned char *margin)
{
    int count = 0;
    for (int i = 0; i < MARGIN; i++)
        count += margin[i] != 0x5A;
    return count;
}

int main(void)
{
    pthread_attr_t attributes;
    unsigned char *memory = aligned_alloc(4096, MARGIN + GIVEN + MARGIN);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&locks[i], NULL);
    pthread_attr_init(&attributes);
    FACT_RESULT(EINVAL, pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN - 1));
    FACT_RESULT(0, pthread_attr_setstacksize(&attributes, (size_t)PTHREAD_STACK_MIN));
    for (int i = 0; i < 5; i++)
        run_with(&attributes);
    memset(memory, 0x5A, MARGIN + GIVEN + MARGIN);
    FACT_RESULT(0, pthread_attr_setstack(&attributes, memory + MARGIN, GIVEN));
    for (int i = 0; i < 5; i++)
        run_with(&attributes);
    FACT_VALUE(0, overwritten(memory));
    FACT_VALUE(0, overwritten(memory + MARGIN + GIVEN));
    free(memory);
    return fact_status();
}
