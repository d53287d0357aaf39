/* The functions the hooks stand in for, as the rest of the program would have found them.
 *
 * real_resolve fills the table once, early, in the first hook or constructor that runs; it may be
 * called from any thread and again at any time. Functions an older C library lacks stay NULL, and
 * so do the C++ ones while no C++ library is loaded. REAL(name) is the pointer; hooks that can run
 * before anything is set up (free, realloc) go through real_get. */
#ifndef UNKNOT_SHIM_REAL_H
#define UNKNOT_SHIM_REAL_H

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <threads.h>
#include <time.h>
#include <ucontext.h>

struct real_functions {
#define HOOK(result, name, parameters, version) result(*name) parameters;
#include "shim/hooks.def"
#undef HOOK
    void *(*mremap)(void *, size_t, size_t, int, ...);
    int (*prctl)(int, ...);
    size_t (*malloc_usable_size)(void *);
};

/* Hidden also to the compiler: reached without a detour through the global offset table. */
extern struct real_functions real_functions __attribute__((visibility("hidden")));

#define REAL(name) (real_functions.name)

void real_resolve(void);

/* True for glibc's own function, false for another library's and for NULL. */
bool real_is_of_the_c_library(void *function);

/* Looks one function up now, if it is still NULL. */
#define REAL_GET(name)                                                                             \
    (__builtin_expect(real_functions.name != NULL, 1) ? real_functions.name                        \
                                                      : (real_resolve(), real_functions.name))

#endif
