/* Both locks and both orders are in a plugin that is loaded while the program runs.
 * verdict: finding locks=plugin_a,plugin_b */
#include <dlfcn.h>
#include "tests/prove/prove.h"

static void *plugin;

static NOINLINE void call(const char *name)
{
    void *address = dlsym(plugin, name);
    body_function function;

    must_be(address != NULL, name);
    memcpy(&function, &address, sizeof function);
    function();
}

static void first(void)
{
    call("plugin_a_then_b");
}

static void second(void)
{
    call("plugin_b_then_a");
}

int main(void)
{
    long (*sum)(void);
    void *address;

    plugin = dlopen("libprove_plugin.so", RTLD_NOW | RTLD_LOCAL);
    must_be(plugin != NULL, "dlopen finds libprove_plugin.so");
    RUN_APART(APART_MS, first, second);
    address = dlsym(plugin, "plugin_sum");
    must_be(address != NULL, "plugin_sum");
    memcpy(&sum, &address, sizeof sum);
    return finish(sum(), 3);
}
