/* A lost wake-up.
 *
 * Wrong: the sleeper looks at `ready` before it has the lock, and waits without looking again. A
 * signal that comes in between finds nobody waiting, and is lost: a condition remembers nothing.
 * By default the signal happens to come later; `lost_wakeup hang` lets it come in between.
 * Right: lock; while (!ready) wait; unlock.
 *
 * Expect: clean, not yet judged: no two locks are involved, and what waits for a condition this
 * version does not judge.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool ready;
static bool lucky;

static void *sleeper(void *unused)
{
    (void)unused;
    if (!ready) {
        if (!lucky) {
            demo_end_turn();
            demo_wait_turn(2); /* the signal comes now */
        }
        pthread_mutex_lock(&lock);
        if (lucky)
            demo_end_turn(); /* the signal needs the lock, and comes during the wait */
        pthread_cond_wait(&changed, &lock);
        pthread_mutex_unlock(&lock);
    }
    printf("the sleeper is awake\n");
    return NULL;
}

static void *waker(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_mutex_lock(&lock);
    ready = true;
    printf("the alarm rings\n");
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    demo_end_turn();
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[2];

    lucky = !demo_told_to_hang(argc, argv);
    demo_must(pthread_create(&threads[0], NULL, sleeper, NULL), "start the sleeper");
    demo_must(pthread_create(&threads[1], NULL, waker, NULL), "start the waker");
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("everyone is up\n");
    return 0;
}
