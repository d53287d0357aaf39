/* The same with GLib's mutexes: GLib comes with it, into the scope it is loaded in. */
#include <glib.h>

#include "tests/programs/plugin/plugin.h"

static GMutex plugin_a, plugin_b;

static void nest_mutexes(GMutex *outer, GMutex *inner)
{
    g_mutex_lock(outer);
    g_mutex_lock(inner);
    g_mutex_unlock(inner);
    g_mutex_unlock(outer);
}

void plugin_a_then_b(void)
{
    nest_mutexes(&plugin_a, &plugin_b);
}

void plugin_b_then_a(void)
{
    nest_mutexes(&plugin_b, &plugin_a);
}
