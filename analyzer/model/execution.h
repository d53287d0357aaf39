/* One process's recorded execution, as the analyses and reports see it; or that of several
 * processes that share locks, joined (joined_execution.h).
 *
 * Built once by execution_load, read-only after. Everything in it lives in the caller's arena.
 * Ids are those of the recording; the find functions return NULL for an id that a damaged
 * recording refers to without defining it. Not thread-safe while loading; free to share after. */
#ifndef UNKNOT_MODEL_EXECUTION_H
#define UNKNOT_MODEL_EXECUTION_H

#include <stdbool.h>
#include <stddef.h>
#include "analyzer/base/path_map.h"
#include "trace/reader.h"

struct module {
    uint32_t id;
    uint64_t start, end, bias;
    const uint8_t *build_id;
    uint32_t build_id_bytes;
    const char *path;
};

struct stack {
    uint32_t id;
    uint32_t frame_count;
    bool truncated;
    const trace_code_t *frames; /* innermost first */
};

struct thread {
    uint32_t id;
    uint32_t kernel_tid;
    uint32_t parent;         /* thread id, 0 unknown */
    uint32_t parent_segment; /* happens before this thread's segment 0 */
    uint32_t created_stack;
    trace_code_t start_routine;
    const char *name; /* "" when unknown */
    uint32_t number;  /* its id in the recording: the same, unless executions are joined */
    uint32_t pid;     /* its process */
};

struct segment_start {
    uint32_t thread, segment;
    enum trace_segment_cause cause;
    uint32_t other;      /* thread; for a fork the child's first one, if executions are joined */
    uint32_t forked_pid; /* for a fork */
};

/* What a lock that processes can share is known by. */
struct lock_place {
    uint64_t device, inode, offset;
    uint64_t time_ns; /* of its initialisation, else of a use */
    bool initialised; /* by this process */
};

struct lock {
    uint32_t id;
    enum trace_lock_kind kind;
    uint32_t flags; /* TRACE_LOCK_* */
    uint32_t marks; /* TRACE_MARK_* */
    uint64_t address;
    trace_code_t location;
    uint32_t init_stack, first_stack;
    uint32_t init_thread, first_thread;
    uint32_t stack_owner;
    const char *name;           /* given by the program, NULL for none */
    const char *origin, *label; /* of an execution of_recordings: where it was born; its label */
    const struct lock_place *place; /* NULL when no other process can mean it */
    uint32_t pid;                   /* the process it belongs to, 0 if several use it */
};

/* The program declared that `before` is acquired first. */
struct declared_order {
    uint32_t before, after;
    uint32_t thread, stack; /* who declared it, and where */
};

struct dependency {
    uint32_t thread, segment;
    uint32_t lock, mode, stack;
    uint32_t held_count;
    const struct trace_dependency_held *held;
    uint64_t time_ns;
};

/* A thread's last known state: what it still held and waited for at the end of the recording. */
struct live_thread {
    uint32_t thread;
    uint32_t held_count;
    const struct trace_held *held;
    uint32_t wanted_lock, wanted_stack, wanted_mode;
};

/* A fix of a plan, and what the library did for it: docs/plans.md. */
struct applied_fix {
    enum trace_fix_kind kind;
    const char *name, *plan; /* the fix's, and the file that it is from */
    uint32_t lock;           /* the library's own, 0 for none or several; no record: never used */
    uint32_t locks, left;    /* of the program, changed and left as they are */
    uint64_t acquisitions, waits;
};

struct execution {
    const char *file; /* the recording's path */
    uint32_t pid, parent_pid;
    uint64_t start_realtime_ns, start_monotonic_ns;
    uint64_t end_monotonic_ns; /* 0: it was still running, or killed */
    const char *executable;
    const char *directory;
    /* Applied to the two above and to the modules; to be applied to source files. NULL: none. */
    const struct path_map *path_map;
    size_t argument_count;
    const char *const *arguments;

    bool complete;   /* ended normally, nothing torn, nothing lost but events */
    bool has_events; /* they are not part of it: schedule/recorded_trace.h */
    enum trace_state state;
    int exit_status;
    enum trace_status end; /* TRACE_END, or why reading stopped early */
    size_t bytes, torn_at; /* torn_at: where, with TRACE_TORN */
    uint64_t lost[TRACE_LOST_COUNT];
    uint64_t threads_seen, locks_seen, dependencies_seen, unlocks_by_other_thread;
    /* Records dropped because they name something never defined, or define an id again: the first
     * definition counts. */
    uint64_t undefined_ids;

    struct module *modules;
    size_t module_count;
    struct stack *stacks;
    size_t stack_count;
    struct thread *threads;
    size_t thread_count;
    struct lock *locks;
    size_t lock_count;
    struct declared_order *orders;
    size_t order_count;
    struct segment_start *segments; /* in the order recorded */
    size_t segment_count;
    struct dependency *dependencies; /* in the order recorded */
    size_t dependency_count;
    struct live_thread *live;
    size_t live_count;
    const struct trace_deadlock **deadlocks; /* seen to happen, in the order recorded */
    size_t deadlock_count;
    const struct trace_wakes **wakes; /* of what is awaited in these */
    size_t wakes_count;
    const char **notes;
    size_t note_count;
    const struct trace_misuse **misuses; /* in the order recorded; of no joined execution */
    size_t misuse_count;
    struct applied_fix *fixes_applied; /* the same */
    size_t fix_count;
    const struct trace_steering **steering; /* of the plan's steps, as recorded; not if joined */
    size_t steering_count;
    /* Of a trace in text, which has names for places and no stacks: the name of stack id i is
     * places[i - 1], that of an object, lock or not, object_names[i - 1]. Else NULL. */
    const char *const *places, *const *object_names;
    size_t place_count, object_count;

    /* The executions this one joins, in the order of their recordings; none if it is one process's
     * own. A joined execution has no notes and live threads and counts nothing: its members do. */
    const struct execution *const *members;
    size_t member_count;

    /* Not of one run: each thread is what one recording, or several, did, and has their name; a
     * lock is a class of theirs, its `origin` in words (analyzer/suite/suite_cycles.h). */
    bool of_recordings;

    struct execution_index *index; /* private: id → entry */
};

/* Reads the recording at `path`. Returns TRACE_OK with *execution filled (a torn recording is OK
 * too: execution->end says so), or a status that tells why it cannot be read at all; then
 * *error holds one line for the user. Cost: linear in the file. */
__attribute__((warn_unused_result)) enum trace_status execution_load(struct arena *arena,
                                                                     const char *path,
                                                                     struct execution *execution,
                                                                     const char **error);

/* Says where its files lie here. Before anything is made of it. */
void execution_map_paths(struct arena *arena, struct execution *execution,
                         const struct path_map *map);

/* Whether threads of several processes act in it. */
bool execution_is_of_processes(const struct execution *execution);

const struct module *execution_find_module(const struct execution *execution, uint32_t id);
const struct stack *execution_find_stack(const struct execution *execution, uint32_t id);
const struct thread *execution_find_thread(const struct execution *execution, uint32_t id);
const struct lock *execution_find_lock(const struct execution *execution, uint32_t id);

#endif
