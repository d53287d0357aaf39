/* The locks and the code that takes them are in a library loaded while the program runs.
 * verdict: deadlock
 * threads: 2
 * wait: holds=plugin_a wants=plugin_b in=plugin_a_then_b
 * wait: holds=plugin_b wants=plugin_a in=plugin_b_then_a */
#include <dlfcn.h>
#include "tests/live/live.h"

typedef void (*plugin_function)(void (*between)(void));

static plugin_function a_then_b, b_then_a;

static plugin_function find(void *library, const char *name)
{
    void *address = dlsym(library, name);
    plugin_function function;

    must_be(address != NULL, name);
    memcpy(&function, &address, sizeof function);
    return function;
}

static void meet_the_other(void)
{
    meet(2);
}

static void call_first(void)
{
    a_then_b(meet_the_other);
}

static void call_second(void)
{
    if (is_fixed)
        a_then_b(meet_the_other);
    else
        b_then_a(meet_the_other);
}

int main(int argc, char **argv)
{
    void *library = dlopen("libtest_stuck_plugin.so", RTLD_NOW | RTLD_LOCAL);

    begin(argc, argv);
    must_be(library != NULL, "dlopen finds libtest_stuck_plugin.so");
    a_then_b = find(library, "plugin_a_then_b");
    b_then_a = find(library, "plugin_b_then_a");
    RUN_TOGETHER(call_first, call_second);
    return end();
}
