/* The library that plugin_pair loads: two mutexes of its own, and both orders. The caller's
 * function runs when the first one is held. */
#include <pthread.h>

void plugin_a_then_b(void (*between)(void));
void plugin_b_then_a(void (*between)(void));

static pthread_mutex_t plugin_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t plugin_b = PTHREAD_MUTEX_INITIALIZER;

static void nest(pthread_mutex_t *outer, pthread_mutex_t *inner, void (*between)(void))
{
    pthread_mutex_lock(outer);
    between();
    pthread_mutex_lock(inner);
    pthread_mutex_unlock(inner);
    pthread_mutex_unlock(outer);
}

void plugin_a_then_b(void (*between)(void))
{
    nest(&plugin_a, &plugin_b, between);
}

void plugin_b_then_a(void (*between)(void))
{
    nest(&plugin_b, &plugin_a, between);
}
