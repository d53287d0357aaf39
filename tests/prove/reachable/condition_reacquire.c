/* A thread waits for a condition of the queue with the log held: it needs the queue back while it
 * has the log. Another one takes the log with the queue held.
 * verdict: finding locks=log_lock,queue */
#include "tests/prove/prove.h"

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static long items, sum; /* protected by queue */

static void take_item(void)
{
    lock(&log_lock);
    lock(&queue);
    while (items == 0)
        must(pthread_cond_wait(&filled, &queue), "pthread_cond_wait");
    items--;
    sum += 1;
    unlock(&queue);
    unlock(&log_lock);
}

static void put_item(void)
{
    lock(&queue);
    items++;
    must(pthread_cond_signal(&filled), "pthread_cond_signal");
    unlock(&queue);
}

static void log_queue(void)
{
    lock(&queue);
    lock(&log_lock);
    sum += 2;
    unlock(&log_lock);
    unlock(&queue);
}

int main(void)
{
    RUN_APART(APART_MS, take_item, put_item, log_queue);
    return finish(sum, 3);
}
