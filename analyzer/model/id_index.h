/* From an id of the recording to the position of what it names in an array. Ids come from the
 * file and may be any number, so this is a hash table. Expected constant cost; lives in an arena.
 */
#ifndef UNKNOT_MODEL_ID_INDEX_H
#define UNKNOT_MODEL_ID_INDEX_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

#define ID_NOT_FOUND SIZE_MAX

struct id_entry;
struct id_index {
    struct id_entry *entries;
};

/* Makes `id` name `position`. False, and no change, for 0 and for an id already there. */
__attribute__((warn_unused_result)) bool id_index_add(struct arena *arena, struct id_index *index,
                                                      uint32_t id, size_t position);

/* The position `id` names, or ID_NOT_FOUND. */
size_t id_index_find(const struct id_index *index, uint32_t id);

#endif
