#include "analyzer/report/witness_words.h"

#include <inttypes.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/schedule/sync_trace.h"

/* What is done to an object, or, if it is a thread's end, to the thread. */
static const char *const verbs[SYNC_EVENT_KINDS] = {
    [SYNC_REQUEST] = "wants",
    [SYNC_ACQUIRE] = "takes",
    [SYNC_RELEASE] = "gives back",
    [SYNC_TRY_FAIL] = "tries in vain",
    [SYNC_WAIT_BEGIN] = "waits for",
    [SYNC_WAIT_END] = "is woken at",
    [SYNC_SIGNAL] = "signals",
    [SYNC_BROADCAST] = "broadcasts",
    [SYNC_POST] = "posts",
    [SYNC_TAKE] = "takes one of",
    [SYNC_BARRIER_ENTER] = "comes to",
    [SYNC_BARRIER_LEAVE] = "leaves",
    [SYNC_ONCE_PASS] = "passes",
    [SYNC_CREATE] = "creates",
    [SYNC_BEGIN] = "begins",
    [SYNC_END] = "ends",
    [SYNC_JOIN] = "has joined",
    [SYNC_READ] = "reads",
    [SYNC_WRITE] = "writes",
};

/* What has no record of its own: nobody held it while something else was requested. */
static const char *unnamed_text(enum sync_event_kind kind)
{
    switch (kind) {
    case SYNC_WAIT_BEGIN:
    case SYNC_WAIT_END:
    case SYNC_SIGNAL:
    case SYNC_BROADCAST:
        return "a condition";
    case SYNC_POST:
    case SYNC_TAKE:
        return "a semaphore";
    case SYNC_BARRIER_ENTER:
    case SYNC_BARRIER_LEAVE:
        return "a barrier";
    default:
        return "another lock";
    }
}

static const char *object_text(struct arena *arena, struct names *names,
                               const struct execution *execution, const struct witness_event *event)
{
    uint32_t id = event->lock;
    const struct lock *lock = execution_find_lock(execution, id);
    if (event->other != 0) {
        return names_thread(names, execution, event->other);
    }
    if (id == 0) {
        return unnamed_text(event->kind);
    }
    if (lock == NULL && id <= execution->object_count) {
        return execution->object_names[id - 1];
    }
    return lock != NULL ? names_lock(names, execution, id)
                        : arena_printf(arena, "object %" PRIu32, id);
}

const char *witness_event_text(struct arena *arena, struct names *names,
                               const struct execution *execution, const struct witness_event *event)
{
    const char *verb = event->kind < SYNC_EVENT_KINDS ? verbs[event->kind] : "does";
    if (event->kind == SYNC_BEGIN || event->kind == SYNC_END) {
        return verb;
    }
    const char *object = object_text(arena, names, execution, event);
    if (event->kind == SYNC_REQUEST && event->other != 0) {
        return arena_printf(arena, "waits for %s to end", object);
    }
    return arena_printf(arena, "%s %s%s", verb, object,
                        event->mode & SYNC_READER ? " for reading" : "");
}
