#include "analyzer/model/id_index.h"

#include "analyzer/base/table.h"

struct id_entry {
    uint32_t id;
    size_t position;
    UT_hash_handle hh;
};

bool id_index_add(struct arena *arena, struct id_index *index, uint32_t id, size_t position)
{
    if (id == 0 || id_index_find(index, id) != ID_NOT_FOUND)
        return false;

    struct id_entry *entry = arena_alloc(arena, 1, sizeof *entry);
    entry->id = id;
    entry->position = position;
    HASH_ADD(hh, index->entries, id, sizeof entry->id, entry);
    return true;
}

size_t id_index_find(const struct id_index *index, uint32_t id)
{
    struct id_entry *entry;

    HASH_FIND(hh, index->entries, &id, sizeof id, entry);
    return entry ? entry->position : ID_NOT_FOUND;
}
