/* What a Python program calls its locks: the globals of its modules, what they hold, and the local
 * variables of running functions. `lock_A`, `bank.lock`, `forks[2]`, or for what a method knows as
 * self, the class: `Account.lock`.
 *
 * Not thread-safe; allocates from the target's arena. Building looks at each value once, up to a
 * cap; of several names a lock keeps the one with the fewest steps. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_NAMES_H
#define UNKNOT_DIAGNOSE_PYTHON_NAMES_H

#include "analyzer/base/array.h"
#include "analyzer/base/table.h"
#include "analyzer/diagnose/python_lock.h"

struct python_name {
    uint64_t object;
    struct python_lock lock;
    const char *name;
    unsigned steps; /* attributes and items passed; a local variable counts as many */
    UT_hash_handle hh;
};

struct python_names {
    struct python_name *locks; /* by object */
    ARRAY(uint64_t) dicts;     /* those already looked at */
    size_t looked_at;
};

/* Names what the globals of a module lead to; nothing if that was done. */
void python_names_add_globals(struct python_reader *reader, struct python_names *names,
                              uint64_t dict);
/* Names what a local variable leads to; `name` is a string object. */
void python_names_add_local(struct python_reader *reader, struct python_names *names, uint64_t name,
                            uint64_t value);

/* NULL for a lock without a name; one that another lock has too is told with its address, unless
 * that is only what a local variable calls it. */
const char *python_names_find(struct arena *arena, const struct python_names *names,
                              uint64_t object);

#endif
