/* A library whose RUNPATH alone leads to libsibling.so, which it loads by its bare name. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int runpath_open_sibling(int rounds);

int runpath_open_sibling(int rounds)
{
    void *sibling = dlopen("libsibling.so", RTLD_NOW | RTLD_LOCAL);
    int (*work)(int) = sibling ? (int (*)(int))dlsym(sibling, "sibling_work") : NULL;
    int result = work ? work(rounds) : -1;
    if (sibling != NULL)
        FACT_VALUE(0, dlclose(sibling));
    return result;
}
