#include "analyzer/fix/lock_traits.h"

unsigned lock_traits(const struct lock *lock)
{
    switch (lock->kind) {
    case TRACE_LOCK_MUTEX:
    case TRACE_LOCK_GMUTEX:
    case TRACE_LOCK_GRECMUTEX:
    case TRACE_LOCK_QMUTEX:
    case TRACE_LOCK_QRECURSIVEMUTEX:
    case TRACE_LOCK_OPENMP:
    case TRACE_LOCK_OPENMP_NEST:
    case TRACE_LOCK_SEMAPHORE:
        return LOCK_CAN_RECUR | LOCK_CAN_JOIN | LOCK_CAN_MOVE | LOCK_CAN_TRY;
    case TRACE_LOCK_SPIN:
    case TRACE_LOCK_CUSTOM:
        return LOCK_CAN_JOIN | LOCK_CAN_MOVE | LOCK_CAN_TRY;
    case TRACE_LOCK_RWLOCK:
    case TRACE_LOCK_GRWLOCK:
    case TRACE_LOCK_QREADWRITELOCK:
    case TRACE_LOCK_STREAM:
        return LOCK_CAN_MOVE | LOCK_CAN_TRY;
    case TRACE_LOCK_OPENMP_CRITICAL:
        return LOCK_CAN_JOIN;
    case TRACE_LOCK_THREAD:
    case TRACE_LOCK_ONCE:
    case TRACE_LOCK_GUARD:
    case TRACE_LOCK_CONDITION:
    case TRACE_LOCK_BARRIER:
        break;
    }
    return 0;
}

static bool is_same_memory(const struct lock *a, const struct lock *b)
{
    return a->place != NULL && b->place != NULL && a->place->device == b->place->device &&
           a->place->inode == b->place->inode;
}

bool lock_can_be_one(const struct lock *a, const struct lock *b)
{
    const uint32_t same = TRACE_LOCK_SHARED | TRACE_LOCK_ROBUST | TRACE_LOCK_PRIORITY;

    if (a->kind != b->kind || ((a->flags ^ b->flags) & same) != 0)
        return false;
    return (a->flags & TRACE_LOCK_SHARED) != 0 ? is_same_memory(a, b) : a->pid == b->pid;
}
