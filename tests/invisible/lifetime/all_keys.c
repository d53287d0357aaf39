/* A program can have as many thread-specific keys as without the shim, with the same numbers. */
#include "tests/invisible/fact.h"

#include <limits.h>
#include <pthread.h>

static int set_and_get(void *keys)
{
    int bad = 0;
    for (int i = 0; i < PTHREAD_KEYS_MAX; i++) {
        bad += pthread_setspecific(((pthread_key_t *)keys)[i], &bad) != 0;
        bad += pthread_getspecific(((pthread_key_t *)keys)[i]) != &bad;
    }
    errno = FACT_ERRNO; /* the tables of high keys are allocated */
    return bad;
}

int main(void)
{
    static pthread_key_t keys[PTHREAD_KEYS_MAX + 1];
    int made = 0, misplaced = 0;
    while (made <= PTHREAD_KEYS_MAX && pthread_key_create(&keys[made], NULL) == 0) {
        misplaced += keys[made] != (pthread_key_t)made;
        made++;
    }
    FACT_VALUE(PTHREAD_KEYS_MAX, made);
    FACT_VALUE(0, misplaced);
    FACT_RESULT(EAGAIN, pthread_key_create(&keys[PTHREAD_KEYS_MAX], NULL));
    FACT_VALUE(0, set_and_get(keys));
    FACT_VALUE(0, fact_elsewhere(set_and_get, keys));
    for (int i = 0; i < made; i++)
        pthread_key_delete(keys[i]);
    FACT_RESULT(EINVAL, pthread_key_delete(keys[0]));
    return fact_status();
}
