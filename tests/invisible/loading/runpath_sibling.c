/* dlopen with a bare name looks in the RUNPATH of the library that calls it, and not in that of
 * the program: RUNPATH belongs to the caller, who must stay the caller. Argument: the library. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <string.h>

int main(int argc, char **arguments)
{
    void *library = dlopen(argc > 1 ? arguments[1] : "", RTLD_LAZY);
    int (*open_sibling)(int) =
        library ? (int (*)(int))dlsym(library, "runpath_open_sibling") : NULL;
    FACT_VALUE(1, open_sibling != NULL);
    if (open_sibling == NULL)
        return 1;
    FACT_VALUE(1, dlopen("libsibling.so", RTLD_LAZY) == NULL);
    fact_say("%s", dlerror());
    FACT_VALUE(1 + 2 * 50, open_sibling(50));
    FACT_VALUE(1, dlopen("libsibling.so", RTLD_LAZY) == NULL);
    FACT_VALUE(1 + 2 * 10, open_sibling(10));
    FACT_VALUE(0, dlclose(library));
    FACT_VALUE(1, dlsym(RTLD_DEFAULT, "runpath_open_sibling") == NULL);
    return fact_status();
}
