#include "analyzer/diagnose/python_frames.h"

#include <string.h>
#include <sys/syscall.h>
#include "analyzer/diagnose/python_stack.h"

#define HANDLE_POINTER 16 /* in the object; the handle has its event within HANDLE_BYTES */
#define HANDLE_BYTES   128

/* What threading says of one thread. Its end is awaited by acquiring a lock that it holds until
 * then, or from 3.13 on by an event in its handle. */
struct thread_facts {
    uint64_t ident;
    const char *name;
    uint64_t end_lock, handle;
};

struct thread_table {
    ARRAY(struct thread_facts) list;
};

static bool add_thread_facts(struct python_reader *reader, uint64_t key, uint64_t value,
                             void *context)
{
    struct thread_table *table = context;
    uint64_t handle = python_attribute(reader, value, "_handle");
    *array_add(reader->target->arena, &table->list) = (struct thread_facts){
        .ident = python_integer(reader, key),
        .name = python_string(reader, python_attribute(reader, value, "_name")),
        .end_lock = python_attribute(reader, value, "_tstate_lock"),
        .handle = handle != 0 ? python_word(reader, handle + HANDLE_POINTER) : 0,
    };
    return true;
}

/* threading._active: ident to Thread. */
static void read_thread_table(struct python_reader *reader, uint64_t interpreter,
                              struct thread_table *table)
{
    uint64_t modules = python_word(reader, interpreter + reader->layout.interpreter_modules);
    uint64_t globals = python_module_dict(reader, python_dict_get(reader, modules, "threading"));
    if (globals != 0) {
        python_dict_each(reader, python_dict_get(reader, globals, "_active"), add_thread_facts,
                         table);
    }
}

static const char *find_thread_name(const struct thread_table *table, uint64_t ident)
{
    for (size_t i = 0; i < table->list.count; i++) {
        if (table->list.items[i].ident == ident) {
            return table->list.items[i].name;
        }
    }
    return NULL;
}

/* The ident of the thread whose end is awaited: `wanted` is its lock, or `event` lies in its
 * handle; 0 for none. */
static uint64_t find_joined(const struct thread_table *table, uint64_t wanted, uint64_t event)
{
    for (size_t i = 0; i < table->list.count; i++) {
        const struct thread_facts *facts = &table->list.items[i];
        bool in_handle =
            facts->handle != 0 && event >= facts->handle && event < facts->handle + HANDLE_BYTES;
        if ((wanted != 0 && facts->end_lock == wanted) || in_handle) {
            return facts->ident;
        }
    }
    return 0;
}

/* 0 when the thread sleeps on none. */
static uint64_t futex_of(const struct target *target, uint32_t tid)
{
    const struct target_thread *thread = target_find_thread(target, tid);
    return thread != NULL && thread->in_syscall && thread->syscall == SYS_futex
               ? thread->arguments[0]
               : 0;
}

/* An RLock knows its owner, whether a with block holds it or not. */
static void add_owned(struct python_reader *reader, const struct python_names *names,
                      uint64_t ident, struct python_thread *thread)
{
    ARRAY(struct python_held) held = {0};
    for (size_t i = 0; i < thread->held_count; i++) {
        *array_add(reader->target->arena, &held) = thread->held[i];
    }
    for (const struct python_name *name = names->locks; name != NULL; name = name->hh.next) {
        bool is_known = !name->lock.has_owner || name->lock.owner != ident;
        for (size_t i = 0; i < thread->held_count; i++) {
            is_known |= thread->held[i].object == name->object;
        }
        if (!is_known) {
            *array_add(reader->target->arena, &held) = (struct python_held){
                .object = name->object, .word = name->lock.word, .frame = SIZE_MAX};
        }
    }
    thread->held = held.items;
    thread->held_count = held.count;
}

static uint32_t find_tid(const struct python_thread_states *states, uint64_t ident)
{
    for (size_t i = 0; ident != 0 && i < states->list.count; i++) {
        if (states->list.items[i].ident == ident) {
            return states->list.items[i].tid;
        }
    }
    return 0;
}

static void find_wait(struct python_reader *reader, const struct python_thread_states *states,
                      size_t number, const struct python_names *names,
                      const struct thread_table *table, struct python_thread *thread)
{
    uint64_t futex = futex_of(reader->target, thread->tid);
    if (futex == 0) {
        return;
    }
    thread->wanted = python_stack_find_wanted(reader, &states->list.items[number], names, futex);
    thread->joins = find_tid(
        states, find_joined(table, thread->wanted.object, python_lock_awaited(reader, futex)));
    if (thread->joins != 0) {
        thread->wanted = (struct python_held){0};
    }
}

static void read_threads(struct python_reader *reader, const struct python_thread_states *states,
                         struct python_names *names, struct python_state *state)
{
    struct arena *arena = reader->target->arena;
    struct python_thread *threads = arena_alloc(arena, states->list.count + 1, sizeof *threads);
    struct thread_table table = {0};
    uint64_t interpreter = 0;
    for (size_t i = 0; i < states->list.count; i++) {
        const struct python_thread_state *thread = &states->list.items[i];
        if (thread->interpreter != interpreter) {
            interpreter = thread->interpreter;
            read_thread_table(reader, interpreter, &table);
        }
        threads[i].tid = thread->tid;
        threads[i].name = find_thread_name(&table, thread->ident);
        python_stack_read(reader, thread, names, &threads[i]);
    }
    for (size_t i = 0; i < states->list.count; i++) {
        add_owned(reader, names, states->list.items[i].ident, &threads[i]);
        find_wait(reader, states, i, names, &table, &threads[i]);
    }
    state->threads = threads;
    state->thread_count = states->list.count;
}

void python_state_read(struct target *target, struct python_state *state)
{
    struct python_runtime runtime;
    struct python_thread_states states = {0};
    *state = (struct python_state){0};
    if (!python_runtime_find(target, &runtime)) {
        return;
    }
    struct python_reader *reader = arena_alloc(target->arena, 1, sizeof *reader);
    struct python_names *names = arena_alloc(target->arena, 1, sizeof *names);
    state->problem = python_runtime_open(target, &runtime, reader);
    if (state->problem != NULL) {
        return;
    }
    state->version = runtime.version;
    state->names = names;
    python_runtime_threads(reader, &runtime, &states);
    read_threads(reader, &states, names, state);
    if (reader->reads_left == 0) {
        state->problem = "the Python program is too large, or its memory damaged: not all of its "
                         "frames and locks are known";
    }
}

const struct python_thread *python_state_find(const struct python_state *state, uint32_t tid)
{
    for (size_t i = 0; i < state->thread_count; i++) {
        if (tid != 0 && state->threads[i].tid == tid) {
            return &state->threads[i];
        }
    }
    return NULL;
}

const char *python_lock_name(struct target *target, const struct python_state *state,
                             uint64_t object)
{
    return state->names != NULL ? python_names_find(target->arena, state->names, object) : NULL;
}
