/* A library loaded while the program runs brings GLib with it, out of sight of everybody else: its
 * mutexes are seen all the same.
 * verdict: finding locks=plugin_a,plugin_b
 * step: holds=plugin_a requests=plugin_b in=plugin_a_then_b
 * step: holds=plugin_b requests=plugin_a in=plugin_b_then_a */
#include <dlfcn.h>
#include "tests/programs/support.h"

static body_function find(void *library, const char *name)
{
    void *address = dlsym(library, name);
    body_function function;

    must_be(address != NULL, name);
    memcpy(&function, &address, sizeof function);
    return function;
}

int main(void)
{
    void *library = dlopen("libtest_glib_plugin.so", RTLD_NOW | RTLD_LOCAL);

    must_be(library != NULL, "dlopen finds libtest_glib_plugin.so");
    RUN_IN_TURN(find(library, "plugin_a_then_b"), find(library, "plugin_b_then_a"));
    puts("done");
    return 0;
}
