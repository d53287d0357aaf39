/* The plugin that plugin_pair.c loads: two locks of its own, and both orders. */
#include "tests/prove/prove.h"

long plugin_sum(void);
void plugin_a_then_b(void);
void plugin_b_then_a(void);

static pthread_mutex_t plugin_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t plugin_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both */

void plugin_a_then_b(void)
{
    lock(&plugin_a);
    lock(&plugin_b);
    sum += 1;
    unlock(&plugin_b);
    unlock(&plugin_a);
}

void plugin_b_then_a(void)
{
    lock(&plugin_b);
    lock(&plugin_a);
    sum += 2;
    unlock(&plugin_a);
    unlock(&plugin_b);
}

long plugin_sum(void)
{
    return sum;
}
