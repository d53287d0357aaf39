#include "analyzer/model/thread_end.h"

#include <string.h>

uint32_t thread_end_of(const struct lock *lock)
{
    return lock->kind == TRACE_LOCK_THREAD ? lock->init_thread : 0;
}

/* By position in execution->threads; NULL entries for threads that nobody waited for. */
static const struct lock **find_ends(struct arena *arena, const struct execution *execution)
{
    const struct lock **ends = NULL;

    for (size_t i = 0; i < execution->lock_count; i++) {
        const struct lock *lock = &execution->locks[i];
        const struct thread *thread = execution_find_thread(execution, thread_end_of(lock));
        if (!thread)
            continue;
        if (!ends)
            ends = arena_alloc(arena, execution->thread_count, sizeof(*ends));
        ends[thread - execution->threads] = lock;
    }
    return ends;
}

static void add_hold(struct arena *arena, struct dependency *dependency, const struct lock *end)
{
    size_t count = dependency->held_count;
    struct trace_dependency_held *held = arena_alloc(arena, count + 1, sizeof(*held));

    held[0] = (struct trace_dependency_held){.lock = end->id, .stack = end->init_stack, .count = 1};
    if (count != 0)
        memcpy(&held[1], dependency->held, count * sizeof(*held));
    dependency->held = held;
    dependency->held_count++;
}

void thread_end_add_holds(struct arena *arena, struct execution *execution)
{
    const struct lock **ends = find_ends(arena, execution);

    for (size_t i = 0; ends && i < execution->dependency_count; i++) {
        struct dependency *dependency = &execution->dependencies[i];
        const struct thread *thread = execution_find_thread(execution, dependency->thread);
        const struct lock *end = thread ? ends[thread - execution->threads] : NULL;
        if (end && dependency->lock != end->id)
            add_hold(arena, dependency, end);
    }
}
