/* Turns the names of the symbol table into what the programmer wrote. Any thread; allocates from
 * the arena only. */
#ifndef UNKNOT_REPORT_DEMANGLE_H
#define UNKNOT_REPORT_DEMANGLE_H

#include "analyzer/base/arena.h"

/* The name without the compiler's suffixes (.part.0, .constprop.1, .cold, the number of a static
 * local) and, for C++, demangled. */
const char *demangle(struct arena *arena, const char *symbol);

#endif
