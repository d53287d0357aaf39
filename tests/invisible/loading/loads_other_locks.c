/* Locks of libraries that come with a plugin work through every kind of dlopen, and again after the
 * plugin was unloaded and loaded anew.
 * Arguments: the plugin, and local, lazy, global or local_deepbind. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static int flags_of(const char *way)
{
    if (strcmp(way, "lazy") == 0)
        return RTLD_LAZY | RTLD_LOCAL;
    if (strcmp(way, "global") == 0)
        return RTLD_NOW | RTLD_GLOBAL;
    return RTLD_NOW | RTLD_LOCAL | (strcmp(way, "local_deepbind") == 0 ? RTLD_DEEPBIND : 0);
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    for (int i = 0; i < 2; i++) {
        void *plugin = dlopen(arguments[1], flags_of(arguments[2]));
        FACT_VALUE(1, plugin != NULL);
        void (*use)(void) = plugin ? (void (*)(void))dlsym(plugin, "use_other_locks") : NULL;
        FACT_VALUE(1, use != NULL);
        if (use)
            use();
        FACT_VALUE(0, plugin ? dlclose(plugin) : 0);
    }
    return fact_status();
}
