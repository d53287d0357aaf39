/* A library that locks in its constructor, its threads and its destructor is loaded and unloaded
 * again and again, its static locks each time new, one left locked. Arguments: library, way. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static int flags_of(const char *way)
{
    if (strcmp(way, "lazy") == 0)
        return RTLD_LAZY;
    if (strcmp(way, "now") == 0)
        return RTLD_NOW;
    if (strcmp(way, "global") == 0)
        return RTLD_NOW | RTLD_GLOBAL;
    return RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
}

struct loading {
    const char *path;
    int flags;
};

static int load_work_unload(void *argument)
{
    const struct loading *loading = argument;
    void *library = dlopen(loading->path, loading->flags);
    int (*work)(int) = library ? (int (*)(int))dlsym(library, "sibling_work") : NULL;
    int total = work ? work(20) : -1;
    if (library != NULL)
        FACT_VALUE(0, dlclose(library));
    errno = FACT_ERRNO; /* loading may set it, with or without the shim */
    return total;
}

int main(int argc, char **arguments)
{
    if (argc < 3)
        return 2;
    struct loading loading = {arguments[1], flags_of(arguments[2])};
    for (int i = 0; i < 10; i++) {
        FACT_VALUE(41, load_work_unload(&loading));
        FACT_VALUE(41, fact_elsewhere(load_work_unload, &loading));
        FACT_VALUE(1, dlopen(loading.path, RTLD_LAZY | RTLD_NOLOAD) == NULL);
    }
    return fact_status();
}
