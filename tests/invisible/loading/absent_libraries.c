/* A program that uses GLib and OpenMP only if they are there finds them absent, however it asks,
 * and finds the true GLib once it has loaded it. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

extern void g_mutex_lock(void *) __attribute__((weak));
extern int g_rw_lock_reader_trylock(void *) __attribute__((weak));
extern void omp_set_lock(void *) __attribute__((weak));
extern void GOMP_critical_start(void) __attribute__((weak));
extern void _ZN6QMutex4lockEv(void *) __attribute__((weak));

/* In data, where the loader writes the address itself. */
static void (*volatile in_data)(void *) = g_mutex_lock;

static void expect_absent(void)
{
    static const char *const names[] = {"g_mutex_lock", "g_cond_wait", "omp_set_lock",
                                        "GOMP_critical_start", "_ZN6QMutex4lockEv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        FACT_VALUE(1, dlsym(RTLD_DEFAULT, names[i]) == NULL);
        FACT_VALUE(1, dlsym(RTLD_NEXT, names[i]) == NULL);
        FACT_VALUE(1, dlsym(dlopen(NULL, RTLD_LAZY), names[i]) == NULL);
    }
    dlerror();
}

int main(void)
{
    FACT_VALUE(1, g_mutex_lock == NULL);
    FACT_VALUE(1, g_rw_lock_reader_trylock == NULL);
    FACT_VALUE(1, omp_set_lock == NULL);
    FACT_VALUE(1, GOMP_critical_start == NULL);
    FACT_VALUE(1, _ZN6QMutex4lockEv == NULL);
    FACT_VALUE(1, in_data == NULL);
    expect_absent();
    FACT_VALUE(1, dlopen("libglib-2.0.so.0", RTLD_NOW | RTLD_LOCAL) != NULL);
    expect_absent();
    FACT_VALUE(1, dlopen("libglib-2.0.so.0", RTLD_NOW | RTLD_GLOBAL) != NULL);
    Dl_info owner = {0};
    void *found = dlsym(RTLD_DEFAULT, "g_mutex_lock");
    FACT_VALUE(1, found != NULL && dladdr(found, &owner) != 0);
    FACT_VALUE(1, owner.dli_fname != NULL && strstr(owner.dli_fname, "libglib-2.0") != NULL);
    return fact_status();
}
