#include "analyzer/fix/chain_relock.h"

static bool conflicts(const struct execution *execution, const struct dependency *dependency,
                      const struct trace_dependency_held *held)
{
    const struct lock *lock = execution_find_lock(execution, held->lock);
    bool both_read = (held->mode & dependency->mode & TRACE_MODE_READ) != 0;

    return !both_read || (lock != NULL && (lock->flags & TRACE_LOCK_WRITER_QUEUES) != 0);
}

static bool is_relock(const struct execution *execution, const struct dependency *dependency)
{
    if ((dependency->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED)) != 0)
        return false;
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        if (dependency->held[i].lock == dependency->lock &&
            conflicts(execution, dependency, &dependency->held[i]))
            return true;
    }
    return false;
}

size_t chain_relocks(const struct execution *execution, const struct dependency *dependencies,
                     size_t count, uint32_t *first)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_relock(execution, &dependencies[i]))
            continue;
        if (found++ == 0 && first != NULL)
            *first = dependencies[i].lock;
    }
    return found;
}
