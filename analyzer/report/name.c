#include "analyzer/report/name.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/base/table.h"
#include "analyzer/model/thread_end.h"
#include "analyzer/report/place.h"

struct named_lock {
    struct named_lock_key {
        const struct execution *execution;
        uint64_t lock;
    } key;
    const char *class_name;
    const char *full_name;          /* with the caller of the place it was born at */
    uint32_t ordinal, full_ordinal; /* among the locks of its process with this name, from 1 */
    UT_hash_handle hh;
};

/* How many locks of one process share a name. */
struct same_name {
    const char *key; /* process and name */
    uint32_t count;
    const char *full_name; /* of the first of them */
    bool full_names_differ;
    UT_hash_handle hh;
};

struct names {
    struct arena *arena;
    struct symbolizer *symbolizer;
    struct named_lock *locks;
    struct same_name *same;
};

struct names *names_create(struct arena *arena, struct symbolizer *symbolizer)
{
    struct names *names = arena_alloc(arena, 1, sizeof *names);
    names->arena = arena;
    names->symbolizer = symbolizer;
    return names;
}

const char *names_kind_word(const struct lock *lock)
{
    switch (lock->kind) {
#define X(number, NAME, text)                                                                      \
    case TRACE_LOCK_##NAME:                                                                        \
        return text;
#include "trace/lock_kinds.def"
#undef X
    }
    return "lock";
}

const char *names_lock_kind(struct arena *arena, const struct lock *lock)
{
    return arena_printf(arena, "%s%s%s%s%s%s%s%s",
                        lock->flags & TRACE_LOCK_SHARED ? "process-shared " : "",
                        lock->flags & TRACE_LOCK_ROBUST ? "robust " : "",
                        lock->flags & TRACE_LOCK_PRIORITY ? "priority " : "",
                        lock->flags & TRACE_LOCK_RECURSIVE ? "recursive " : "",
                        lock->flags & TRACE_LOCK_ERRORCHECK ? "error-checking " : "",
                        lock->flags & TRACE_LOCK_ADAPTIVE ? "adaptive " : "", names_kind_word(lock),
                        lock->flags & TRACE_LOCK_WRITER_QUEUES ? " that prefers writers" : "");
}

uint32_t names_birth_stack(const struct lock *lock)
{
    return lock->init_stack != 0 ? lock->init_stack : lock->first_stack;
}

/* A guard has a symbol of its own, "guard variable for f()::x". */
static const char *guarded_variable(const char *name)
{
    static const char prefix[] = "guard variable for ";
    const size_t bytes = sizeof prefix - 1;
    return strncmp(name, prefix, bytes) == 0 ? name + bytes : name;
}

/* `full`: with the function that called the one it was born in, if that is known. */
static const char *birth_name(struct names *names, const struct execution *execution,
                              const struct lock *lock, bool full)
{
    if (lock->name != NULL) {
        return lock->name;
    }
    struct data_name data = symbolizer_data(names->symbolizer, execution, lock->location);
    if (data.name != NULL) {
        return lock->kind == TRACE_LOCK_GUARD ? guarded_variable(data.name) : data.name;
    }
    struct frame_list stack =
        symbolizer_stack(names->symbolizer, execution, names_birth_stack(lock));
    const char *place = place_summary(names->arena, stack);
    if (place == NULL) {
        return arena_printf(names->arena, "%s at 0x%" PRIx64, names_kind_word(lock), lock->address);
    }
    if (thread_end_of(lock) != 0) {
        return arena_printf(names->arena, "end of thread created at %s", place);
    }
    const char *caller = full ? place_caller_summary(names->arena, stack) : NULL;
    return arena_printf(names->arena, "%s %s at %s%s%s", names_kind_word(lock),
                        lock->init_stack != 0 ? "created" : "first locked", place,
                        caller != NULL ? " from " : "", caller != NULL ? caller : "");
}

const char *names_lock_birth(struct names *names, const struct execution *execution,
                             const struct lock *lock)
{
    return birth_name(names, execution, lock, false);
}

/* Where processes act together, whose it is: they may have locks of the same name. */
static const char *class_name(struct names *names, const struct execution *execution,
                              uint32_t lock_id, bool full)
{
    const struct lock *lock = execution_find_lock(execution, lock_id);
    if (lock == NULL) {
        return arena_printf(names->arena, "unknown lock %" PRIu32, lock_id);
    }
    const char *name = birth_name(names, execution, lock, full);
    return lock->pid != 0 && execution_is_of_processes(execution)
               ? arena_printf(names->arena, "%s of process %" PRIu32, name, lock->pid)
               : name;
}

static struct same_name *same_name(struct names *names, const struct named_lock *lock,
                                   const char *name)
{
    struct arena *arena = names->arena;
    const char *key = arena_printf(arena, "%p %s", (const void *)lock->key.execution, name);
    struct same_name *same;
    HASH_FIND_STR(names->same, key, same);
    if (same == NULL) {
        same = arena_alloc(arena, 1, sizeof *same);
        same->key = key;
        same->full_name = lock->full_name;
        HASH_ADD_KEYPTR(hh, names->same, key, strlen(key), same);
    }
    return same;
}

/* Two locks made by one helper that different functions called need more than the helper's name. */
static void number_lock(struct names *names, struct named_lock *lock)
{
    struct same_name *same = same_name(names, lock, lock->class_name);
    lock->ordinal = lock->full_ordinal = ++same->count;
    if (strcmp(lock->full_name, lock->class_name) != 0) {
        lock->full_ordinal = ++same_name(names, lock, lock->full_name)->count;
    }
    same->full_names_differ |= strcmp(lock->full_name, same->full_name) != 0;
}

static struct named_lock *get_lock(struct names *names, const struct execution *execution,
                                   uint32_t lock_id)
{
    struct arena *arena = names->arena;
    struct named_lock *lock;
    struct named_lock_key key;
    memset(&key, 0, sizeof key);
    key.execution = execution;
    key.lock = lock_id;
    HASH_FIND(hh, names->locks, &key, sizeof key, lock);
    if (lock == NULL) {
        lock = arena_alloc(arena, 1, sizeof *lock);
        lock->key = key;
        lock->class_name = class_name(names, execution, lock_id, false);
        lock->full_name = class_name(names, execution, lock_id, true);
        number_lock(names, lock);
        HASH_ADD(hh, names->locks, key, sizeof lock->key, lock);
    }
    return lock;
}

void names_add_lock(struct names *names, const struct execution *execution, uint32_t lock)
{
    get_lock(names, execution, lock);
}

static bool needs_full_name(struct names *names, const struct named_lock *lock)
{
    return same_name(names, lock, lock->class_name)->full_names_differ;
}

const char *names_lock(struct names *names, const struct execution *execution, uint32_t lock_id)
{
    const struct lock *of_thread = execution_find_lock(execution, lock_id);
    if (of_thread != NULL && thread_end_of(of_thread) != 0) {
        return arena_printf(names->arena, "end of %s",
                            names_thread(names, execution, thread_end_of(of_thread)));
    }
    const struct named_lock *lock = get_lock(names, execution, lock_id);
    bool full = needs_full_name(names, lock);
    const char *name = full ? lock->full_name : lock->class_name;
    return same_name(names, lock, name)->count == 1
               ? name
               : arena_printf(names->arena, "%s #%" PRIu32, name,
                              full ? lock->full_ordinal : lock->ordinal);
}

const char *names_lock_class(struct names *names, const struct execution *execution,
                             uint32_t lock_id)
{
    const struct named_lock *lock = get_lock(names, execution, lock_id);
    return needs_full_name(names, lock) ? lock->full_name : lock->class_name;
}

/* A thread that was never named bears the name of its program. */
static bool is_default_name(const struct execution *execution, const char *name)
{
    const char *executable = execution->executable != NULL ? execution->executable : "";
    const char *slash = strrchr(executable, '/');
    return strncmp(slash != NULL ? slash + 1 : executable, name, 15) == 0;
}

/* Its own execution where several are joined. */
static const struct execution *process_of(const struct execution *execution,
                                          const struct thread *thread)
{
    for (size_t i = 0; i < execution->member_count; i++) {
        if (execution->members[i]->pid == thread->pid) {
            return execution->members[i];
        }
    }
    return execution;
}

static const char *name_in_process(struct names *names, const struct execution *execution,
                                   const struct thread *thread)
{
    if (thread->kernel_tid == thread->pid) {
        return "main thread";
    }
    if (thread->name == NULL || thread->name[0] == '\0' ||
        is_default_name(execution, thread->name)) {
        return arena_printf(names->arena, "T%" PRIu32, thread->number);
    }
    return arena_printf(names->arena, "T%" PRIu32 " '%s'", thread->number, thread->name);
}

const char *names_thread(struct names *names, const struct execution *execution, uint32_t id)
{
    const struct thread *thread = execution_find_thread(execution, id);
    if (thread == NULL) {
        return id == 0 ? "an unknown thread" : arena_printf(names->arena, "T%" PRIu32, id);
    }
    if (execution->of_recordings) {
        return thread->name;
    }
    const char *name = name_in_process(names, process_of(execution, thread), thread);
    return execution_is_of_processes(execution)
               ? arena_printf(names->arena, "process %" PRIu32 " %s", thread->pid, name)
               : name;
}
