#include "analyzer/schedule/name_table.h"

#include <string.h>

struct wanted {
    const struct name_table *names;
    const char *text;
    size_t length;
};

static bool is_wanted(const void *context, uint32_t id)
{
    const struct wanted *wanted = context;
    const char *name = wanted->names->names.items[id];

    return strncmp(name, wanted->text, wanted->length) == 0 && name[wanted->length] == '\0';
}

static uint32_t hash_of(const char *text, size_t length)
{
    uint32_t hash = 0, word = 0;

    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = id_hash(hash, word);
    }
    word = (uint32_t)length << 24;
    memcpy(&word, text, length);
    return id_hash(hash, word);
}

uint32_t name_table_number(struct arena *arena, struct name_table *names, const char *text,
                           size_t length)
{
    struct wanted wanted = {names, text, length};
    uint32_t number =
        id_table_number(arena, &names->table, hash_of(text, length), is_wanted, &wanted);

    if (number == names->names.count) {
        char *name = arena_alloc(arena, length + 1, 1);
        memcpy(name, text, length);
        *array_add(arena, &names->names) = name;
    }
    return number;
}
