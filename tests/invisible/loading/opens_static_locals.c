/* A C program that opens a C++ plug-in, see static_locals.cpp. Argument: its path. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>

int main(int argc, char **arguments)
{
    void *library = argc > 1 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL)
        return 2;
    int (*work)(void) = (int (*)(void))dlsym(library, "static_locals_work");
    FACT_VALUE(41, work());
    return fact_status();
}
