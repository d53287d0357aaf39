/* While a thread waits, its mutex is free: another takes it, and a lock inside.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int waiting; /* protected by queue */

static void wait_on_queue(void)
{
    end_turn();
    pthread_mutex_lock(&queue);
    waiting++;
    while (waiting > 0)
        must(pthread_cond_wait(&condition, &queue), "pthread_cond_wait");
    pthread_mutex_unlock(&queue);
}

static void queue_then_a_while_the_other_waits(void)
{
    pthread_mutex_lock(&queue);
    while (waiting == 0) {
        pthread_mutex_unlock(&queue);
        usleep(50);
        pthread_mutex_lock(&queue);
    }
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    waiting = 0;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&queue);
}

int main(void)
{
    RUN_IN_TURN(wait_on_queue, queue_then_a_while_the_other_waits);
    puts("done");
    return 0;
}
