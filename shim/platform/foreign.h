/* The lock functions of other libraries: GLib, Qt, OpenMP. They may be loaded at the start, later
 * by dlopen, in a scope of their own, or not at all.
 *
 * How a call reaches the shim without the program noticing: each hook is exported with a hidden
 * symbol version. The loader binds references to it, but dlsym does not find it, so a program that
 * asks whether GLib is there gets the true answer. Qt's and OpenMP's functions carry their
 * library's own versions, so only a module linked against that library is bound to the hook; a weak
 * reference of any other stays 0. GLib has no versions: its hooks carry the first version of the
 * shim, the only one the loader takes for a reference without one.
 *
 * Where the real function is: in the first module behind the shim that defines it, by its own
 * symbol table. dlsym(RTLD_NEXT) would miss a library loaded with RTLD_LOCAL, and takes the lock
 * that dlopen holds while constructors run, which a program may be waiting for. Looked up at the
 * first call, of all functions together; forgotten at dlclose. */
#ifndef UNKNOT_SHIM_FOREIGN_H
#define UNKNOT_SHIM_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

/* QDeadlineTimer, passed by value. */
struct qt_deadline {
    int64_t seconds;
    uint32_t nanoseconds, type;
};

struct foreign_functions {
#define FOREIGN(result, id, parameters, symbol, version) result(*id) parameters;
#include "shim/foreign_hooks.def"
#undef FOREIGN
};

extern struct foreign_functions foreign_functions __attribute__((visibility("hidden")));

/* Fills in what any loaded module defines. Any thread; waits only for the loader's list of modules
 * to be consistent. */
void foreign_resolve(void);

/* Once, at start-up, when all that is loaded is bound: weak references to GLib of modules that were
 * bound to hooks although there is no GLib are made 0, as they would be without the shim. Modules
 * loaded later by dlopen are not looked at. Reads the relocations that name a symbol. */
void foreign_unbind_weak(void);

/* A library was unloaded. */
void foreign_forget(void);

/* The real function, NULL if no module defines it: a weak reference to GLib without GLib. */
#define FOREIGN_GET(id)                                                                            \
    ({                                                                                             \
        __typeof__(foreign_functions.id) function_ =                                               \
            __atomic_load_n(&foreign_functions.id, __ATOMIC_RELAXED);                              \
        if (__builtin_expect(!function_, 0)) {                                                     \
            foreign_resolve();                                                                     \
            function_ = __atomic_load_n(&foreign_functions.id, __ATOMIC_RELAXED);                  \
        }                                                                                          \
        function_;                                                                                 \
    })

#endif
