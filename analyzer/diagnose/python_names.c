#include "analyzer/diagnose/python_names.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define VALUE_CAP   50000 /* looked at in all */
#define DICT_CAP    256
#define ITEM_CAP    512
#define DEPTH_CAP   3
#define LOCAL_STEPS 16u

struct path {
    struct python_names *names;
    const char *name; /* so far, NULL for the globals themselves */
    unsigned steps;
    unsigned depth;
};

static void add_lock(struct arena *arena, const struct path *path, const struct python_lock *lock)
{
    uint64_t object = lock->object;
    struct python_name *known;
    HASH_FIND(hh, path->names->locks, &object, sizeof object, known);
    if (known == NULL) {
        known = arena_alloc(arena, 1, sizeof *known);
        known->object = object;
        known->lock = *lock;
        known->steps = UINT_MAX;
        HASH_ADD(hh, path->names->locks, object, sizeof object, known);
    }
    if (path->steps < known->steps) {
        known->name = path->name;
        known->steps = path->steps;
    }
}

static void look_at(struct python_reader *reader, const struct path *path, uint64_t object);

/* Whether it is a lock, or may lead to one. */
static bool leads_on(struct python_reader *reader, uint64_t value)
{
    const struct python_type_facts *type = python_type_of(reader, value);
    return type != NULL &&
           (type->type == PYTHON_LOCK || type->type == PYTHON_RLOCK || type->type == PYTHON_LIST ||
            type->type == PYTHON_TUPLE || python_is_instance(reader, value));
}

static bool look_at_attribute(struct python_reader *reader, uint64_t key, uint64_t value,
                              void *context)
{
    const struct path *from = context;
    if (from->names->looked_at++ >= VALUE_CAP) {
        return false;
    }
    if (!leads_on(reader, value)) {
        return true;
    }
    const char *name = python_string(reader, key);
    if (name != NULL) {
        struct path path = *from;
        path.name = from->name == NULL
                        ? name
                        : arena_printf(reader->target->arena, "%s.%s", from->name, name);
        path.steps++;
        path.depth++;
        look_at(reader, &path, value);
    }
    return true;
}

static void look_at_items(struct python_reader *reader, const struct path *from, uint64_t object)
{
    uint64_t items[ITEM_CAP];
    size_t count = python_items(reader, object, items, ITEM_CAP);
    for (size_t i = 0; i < count && from->names->looked_at++ < VALUE_CAP; i++) {
        struct path path = *from;
        path.name = arena_printf(reader->target->arena, "%s[%zu]", from->name, i);
        path.steps++;
        path.depth++;
        look_at(reader, &path, items[i]);
    }
}

static void look_at(struct python_reader *reader, const struct path *path, uint64_t object)
{
    struct python_lock lock;
    if (python_lock_read(reader, object, &lock)) {
        add_lock(reader->target->arena, path, &lock);
    } else if (path->depth >= DEPTH_CAP) {
        return;
    } else if (python_is_instance(reader, object)) {
        struct path copy = *path;
        python_attributes_each(reader, object, look_at_attribute, &copy);
    } else if (python_is(reader, object, PYTHON_LIST) || python_is(reader, object, PYTHON_TUPLE)) {
        look_at_items(reader, path, object);
    }
}

void python_names_add_globals(struct python_reader *reader, struct python_names *names,
                              uint64_t dict)
{
    struct path path = {.names = names};
    for (size_t i = 0; i < names->dicts.count; i++) {
        if (names->dicts.items[i] == dict) {
            return;
        }
    }
    if (names->dicts.count < DICT_CAP) {
        *array_add(reader->target->arena, &names->dicts) = dict;
        python_dict_each(reader, dict, look_at_attribute, &path);
    }
}

void python_names_add_local(struct python_reader *reader, struct python_names *names, uint64_t name,
                            uint64_t value)
{
    struct path path = {.names = names, .steps = LOCAL_STEPS, .depth = 1};
    if (names->looked_at++ >= VALUE_CAP || !leads_on(reader, value)) {
        return;
    }
    path.name = python_string(reader, name);
    if (path.name != NULL && strcmp(path.name, "self") == 0) {
        const struct python_type_facts *type = python_type_of(reader, value);
        path.name = type != NULL ? type->name : NULL;
    }
    if (path.name != NULL) {
        look_at(reader, &path, value);
    }
}

const char *python_names_find(struct arena *arena, const struct python_names *names,
                              uint64_t object)
{
    const struct python_name *known;
    bool is_shared = false;
    HASH_FIND(hh, names->locks, &object, sizeof object, known);
    if (known == NULL) {
        return NULL;
    }
    for (const struct python_name *other = names->locks; other != NULL; other = other->hh.next) {
        bool is_as_near = other->steps / LOCAL_STEPS <= known->steps / LOCAL_STEPS;
        is_shared |= other != known && is_as_near && strcmp(other->name, known->name) == 0;
    }
    return is_shared ? arena_printf(arena, "%s at 0x%" PRIx64, known->name, object) : known->name;
}
