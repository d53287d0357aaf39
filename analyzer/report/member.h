/* Which part of a variable is a lock: its members and elements, from the types in the debug
 * information. What they do not tell for certain is left out.
 *
 * Any thread; allocates from the arena. Cost: a walk over the members on the way. */
#ifndef UNKNOT_REPORT_MEMBER_H
#define UNKNOT_REPORT_MEMBER_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

/* The lock at `offset` bytes into the variable: "", ".lock", "[3].lock", "[1][2]", ".name+0x8".
 * The inside of a lock is no part of the path, nor is what the C++ library wraps around it. Where
 * the parts of a union lie over one another, one that can be a lock is taken if there is one only.
 */
const char *member_path(struct arena *arena, Dwarf_Die *variable, uint64_t offset);

/* The type of a variable, member or typedef, as it is named there. */
bool member_type(Dwarf_Die *die, Dwarf_Die *type);

#endif
