/* The static variables of one ELF file by address, from its debug information: where a lock is
 * defined; member.h tells which part of it a lock is.
 *
 * Not thread-safe. The first look-up reads the variables of the whole file; later ones scan them.
 * Allocates from the arena. */
#ifndef UNKNOT_REPORT_VARIABLE_H
#define UNKNOT_REPORT_VARIABLE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/array.h"

struct static_variable {
    uint64_t start, size_bytes; /* libdwfl's addresses */
    Dwarf_Die die;
    const char *function; /* whose static it is; NULL outside functions. In the debug information */
};

struct variables {
    bool loaded;
    ARRAY(struct static_variable) list;
};

/* The variable that covers libdwfl's `address`, NULL when the debug information knows none. */
const struct static_variable *variables_find(struct variables *variables, struct arena *arena,
                                             Dwfl_Module *module, uint64_t address);

#endif
