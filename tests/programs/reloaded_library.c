/* A library is unloaded between the two orders and loaded again; most often it comes back to the
 * same addresses, but its locks are new ones.
 * verdict: clean dismissed=any */
#include <dlfcn.h>
#include "tests/programs/support.h"

static void *library;

static void load(void)
{
    library = dlopen("libtest_plugin.so", RTLD_NOW | RTLD_LOCAL);
    must_be(library != NULL, "dlopen finds libtest_plugin.so");
}

static void call(const char *name)
{
    void *address = dlsym(library, name);
    body_function function;

    must_be(address != NULL, name);
    memcpy(&function, &address, sizeof function);
    function();
}

static void a_then_b(void)
{
    call("plugin_a_then_b");
}

static void unload_and_load(void)
{
    must_be(dlclose(library) == 0, "dlclose");
    load();
}

static void b_then_a(void)
{
    call("plugin_b_then_a");
}

int main(void)
{
    load();
    RUN_IN_TURN(a_then_b, unload_and_load, b_then_a);
    puts("done");
    return 0;
}
