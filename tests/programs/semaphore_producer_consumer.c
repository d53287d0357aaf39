/* A buffer of one place: `space` begins at 1, `items` at 0, each is waited for by one side and
 * posted by the other, which holds a mutex on the way.
 * verdict: clean */
#include "tests/programs/semaphores.h"

enum { ITEMS = 200 };

static sem_t space, items;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int buffer, sum;

static void *produce(void *unused)
{
    for (int i = 1; i <= ITEMS; i++) {
        wait_semaphore(&space);
        pthread_mutex_lock(&lock);
        buffer = i;
        post_semaphore(&items);
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

static void *consume(void *unused)
{
    for (int i = 1; i <= ITEMS; i++) {
        wait_semaphore(&items);
        pthread_mutex_lock(&lock);
        sum += buffer;
        post_semaphore(&space);
        pthread_mutex_unlock(&lock);
    }
    return unused;
}

int main(void)
{
    pthread_t producer, consumer;

    init_semaphore(&space, 1);
    init_semaphore(&items, 0);
    must(pthread_create(&producer, NULL, produce, NULL), "pthread_create");
    must(pthread_create(&consumer, NULL, consume, NULL), "pthread_create");
    must(pthread_join(producer, NULL), "pthread_join");
    must(pthread_join(consumer, NULL), "pthread_join");
    printf("%d\n", sum);
    return 0;
}
