#include "analyzer/predict/lock_class.h"

#include "analyzer/base/table.h"

/* How many frames tell one birthplace from another: the call itself, and two callers, so that a
 * constructor or a wrapper does not make one class of all that use it. */
enum { CLASS_FRAMES = 3 };

enum birth { BORN_STATIC = 1, BORN_INITIALISED, BORN_ACQUIRED, BORN_UNKNOWN };

struct class_key {
    uint64_t pid; /* 0: several processes use it; two that share nothing are of different classes */
    uint64_t birth;
    uint64_t places[CLASS_FRAMES];
};

struct class_entry {
    struct class_key key;
    uint32_t number;
    UT_hash_handle hh;
};

static bool set_frames(const struct execution *execution, uint32_t stack_id, enum birth birth,
                       struct class_key *key)
{
    const struct stack *stack = execution_find_stack(execution, stack_id);

    if (!stack || stack->frame_count == 0)
        return false;
    key->birth = birth;
    for (uint32_t i = 0; i < CLASS_FRAMES && i < stack->frame_count; i++)
        key->places[i] = stack->frames[i];
    return true;
}

static struct class_key key_of(const struct execution *execution, const struct lock *lock)
{
    struct class_key key = {.pid = lock->pid};

    if (lock->location != 0) {
        key.birth = BORN_STATIC;
        key.places[0] = lock->location;
    } else if (!set_frames(execution, lock->init_stack, BORN_INITIALISED, &key) &&
               !set_frames(execution, lock->first_stack, BORN_ACQUIRED, &key)) {
        key.birth = BORN_UNKNOWN;
        key.places[0] = lock->id;
    }
    return key;
}

void lock_classes_make(struct arena *arena, const struct execution *execution,
                       struct lock_classes *classes)
{
    struct class_entry *table = NULL;

    *classes = (struct lock_classes){0};
    classes->of_lock = arena_alloc(arena, execution->lock_count, sizeof *classes->of_lock);
    for (size_t i = 0; i < execution->lock_count; i++) {
        struct class_key key = key_of(execution, &execution->locks[i]);
        struct class_entry *entry;
        HASH_FIND(hh, table, &key, sizeof key, entry);
        if (!entry) {
            entry = arena_alloc(arena, 1, sizeof *entry);
            entry->key = key;
            entry->number = (uint32_t)classes->count++;
            HASH_ADD(hh, table, key, sizeof entry->key, entry);
        }
        classes->of_lock[i] = entry->number;
    }
}
