/* Two rwlocks: one reads both, another writes both in the other order.
 * complete: reorder gate-lock try-backoff */
#include <pthread.h>
#include "demos/demo.h"

static pthread_rwlock_t catalogue = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t prices = PTHREAD_RWLOCK_INITIALIZER;

static void *look_up(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    pthread_rwlock_rdlock(&catalogue);
    pthread_rwlock_rdlock(&prices);
    printf("look_up has both\n");
    pthread_rwlock_unlock(&prices);
    pthread_rwlock_unlock(&catalogue);
    demo_end_turn();
    return NULL;
}

static void *update(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_rwlock_wrlock(&prices);
    pthread_rwlock_wrlock(&catalogue);
    printf("update has both\n");
    pthread_rwlock_unlock(&catalogue);
    pthread_rwlock_unlock(&prices);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    demo_must(pthread_create(&threads[0], NULL, look_up, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, update, NULL), "start a thread");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
