/* Signals and broadcasts reach the waiters they should: a baton goes round a ring of threads in
 * order, a broadcast wakes all, and a woken waiter owns the mutex again. */
#include "tests/invisible/fact.h"

#include <pthread.h>

enum { THREADS = 5, LAPS = 40 };

static pthread_mutex_t mutex = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static pthread_cond_t own_turn[THREADS];
static int turn, laps_seen[THREADS], misplaced, bad_results;

static int wait_in_one_way(int lap, pthread_cond_t *condition)
{
    struct timespec far = fact_deadline(lap % 3 == 1 ? CLOCK_REALTIME : CLOCK_MONOTONIC, 60000);
    switch (lap % 3) {
    case 0:
        return pthread_cond_wait(condition, &mutex);
    case 1:
        return pthread_cond_timedwait(condition, &mutex, &far);
    default:
        return pthread_cond_clockwait(condition, &mutex, CLOCK_MONOTONIC, &far);
    }
}

static void *run_lap(void *argument)
{
    int self = (int)(long)argument;
    for (int lap = 0; lap < LAPS; lap++) {
        bad_results += pthread_mutex_lock(&mutex) != 0;
        while (turn % THREADS != self) {
            bad_results += wait_in_one_way(lap, &own_turn[self]) != 0;
            bad_results += pthread_mutex_lock(&mutex) != EDEADLK;
        }
        misplaced += laps_seen[self] != lap;
        laps_seen[self]++;
        turn++;
        pthread_cond_signal(&own_turn[turn % THREADS]);
        bad_results += pthread_mutex_unlock(&mutex) != 0;
    }
    return NULL;
}

static void *wait_for_start(void *started)
{
    pthread_mutex_lock(&mutex);
    while (turn < 0)
        pthread_cond_wait(&turn_changed, &mutex);
    ++*(int *)started;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void run_all(void *(*body)(void *), void *argument)
{
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, body, argument ? argument : (void *)i);
    if (argument != NULL) {
        pthread_mutex_lock(&mutex);
        turn = 0;
        FACT_RESULT(0, pthread_cond_broadcast(&turn_changed));
        pthread_mutex_unlock(&mutex);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    int started = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_cond_init(&own_turn[i], NULL);
    run_all(run_lap, NULL);
    FACT_VALUE(THREADS * LAPS, turn);
    FACT_VALUE(0, misplaced);
    FACT_VALUE(0, bad_results);
    turn = -1;
    run_all(wait_for_start, &started);
    FACT_VALUE(THREADS, started);
    return fact_status();
}
