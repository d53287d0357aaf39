/* The library that the dlopen programs load: two locks of its own, and both orders. */
#include "tests/programs/plugin/plugin.h"
#include "tests/programs/support.h"

static pthread_mutex_t plugin_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t plugin_b = PTHREAD_MUTEX_INITIALIZER;

void plugin_a_then_b(void)
{
    nest(&plugin_a, &plugin_b);
}

void plugin_b_then_a(void)
{
    nest(&plugin_b, &plugin_a);
}
