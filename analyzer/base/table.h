/* uthash with its memory taken from an arena: every function that adds to a table must have the
 * arena in scope under the name `arena`. Nothing is freed before the arena is; a table's bucket
 * arrays cost at most twice their last size. */
#ifndef UNKNOT_BASE_TABLE_H
#define UNKNOT_BASE_TABLE_H

#include "analyzer/base/arena.h"

#define uthash_malloc(bytes)       arena_alloc(arena, 1, (bytes))
#define uthash_free(memory, bytes) ((void)(memory))

#include <uthash.h>

#endif
