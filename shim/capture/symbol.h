/* The name of a function or variable, from the symbol table of the file it was loaded from. For the
 * few names of a message; the report has better ones, and lines. Guarded callers; opens and maps
 * the file anew each time, allocates nothing else, takes no lock, trusts nothing in the file. */
#ifndef UNKNOT_SHIM_SYMBOL_H
#define UNKNOT_SHIM_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/platform/text.h"

enum symbol_kind { SYMBOL_FUNCTION, SYMBOL_VARIABLE };

/* Adds "name+0x12" or "name", or the file and the offset in it where no symbol covers `address`;
 * false, with nothing added, if no file does. */
bool symbol_add(struct text *text, uintptr_t address, enum symbol_kind kind);

/* Is `name` that of a symbol that covers `address`? Then also how far into it the address is. */
bool symbol_is(uintptr_t address, enum symbol_kind kind, const char *name, uint64_t *inside);

#endif
