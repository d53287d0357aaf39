/* Two orders behind one gate.
 *
 * Nothing wrong: left and right are taken in both orders, but only by a thread that has the gate.
 * The gate lets one thread in at a time, so the two orders never meet.
 *
 * Expect: clean; the cycle of left and right is dismissed, reason gate-lock (gate).
 * verdict: clean dismissed=gate-lock */
#include <pthread.h>
#include "demos/demo.h"

#define ROUNDS 1000

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t right = PTHREAD_MUTEX_INITIALIZER;
static int crossings; /* protected by left and right together */

static void *left_first(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&gate);
        pthread_mutex_lock(&left);
        pthread_mutex_lock(&right);
        crossings++;
        pthread_mutex_unlock(&right);
        pthread_mutex_unlock(&left);
        pthread_mutex_unlock(&gate);
    }
    return NULL;
}

static void *right_first(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&gate);
        pthread_mutex_lock(&right);
        pthread_mutex_lock(&left);
        crossings++;
        pthread_mutex_unlock(&left);
        pthread_mutex_unlock(&right);
        pthread_mutex_unlock(&gate);
    }
    return NULL;
}

int main(void)
{
    pthread_t first, second;

    demo_must(pthread_create(&first, NULL, left_first, NULL), "start a thread");
    demo_must(pthread_create(&second, NULL, right_first, NULL), "start a thread");
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    printf("%d crossings, no jam\n", crossings);
    return 0;
}
