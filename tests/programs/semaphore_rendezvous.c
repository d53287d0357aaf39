/* Two threads meet again and again: each posts its own semaphore and waits for the other's.
 * verdict: clean */
#include "tests/programs/semaphores.h"

enum { MEETINGS = 100 };

static sem_t here[2];

static void *meet(void *argument)
{
    const size_t self = (size_t)argument;

    for (int i = 0; i < MEETINGS; i++) {
        post_semaphore(&here[self]);
        wait_semaphore(&here[1 - self]);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    for (size_t i = 0; i < 2; i++)
        init_semaphore(&here[i], 0);
    for (size_t i = 0; i < 2; i++)
        must(pthread_create(&threads[i], NULL, meet, (void *)i), "pthread_create");
    for (size_t i = 0; i < 2; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    puts("done");
    return 0;
}
