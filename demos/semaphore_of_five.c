/* Twenty threads, five places.
 *
 * Nothing wrong: the semaphore counts free places. A thread takes one or waits for one, and gives
 * it back. A semaphore that starts above 1 is a counter, not a lock: nobody owns it.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>
#include "demos/demo.h"

#define THREADS 20
#define PLACES  5

static sem_t places;
static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static int inside, most_inside; /* protected by count_lock */

static void count(int change)
{
    pthread_mutex_lock(&count_lock);
    inside += change;
    if (inside > most_inside)
        most_inside = inside;
    pthread_mutex_unlock(&count_lock);
}

static void *visit(void *unused)
{
    (void)unused;
    sem_wait(&places);
    count(+1);
    usleep(20000);
    count(-1);
    sem_post(&places);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    sem_init(&places, 0, PLACES);
    for (int i = 0; i < THREADS; i++)
        demo_must(pthread_create(&threads[i], NULL, visit, NULL), "start a thread");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d visitors, %s\n", THREADS,
           most_inside <= PLACES ? "never more than five at a time" : "too many at a time");
    return 0;
}
