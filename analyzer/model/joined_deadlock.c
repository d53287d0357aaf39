#include "analyzer/model/joined_deadlock.h"

#include <string.h>
#include "analyzer/base/array.h"

/* A record being translated: the member it is of, the one each thread is of. */
struct translation {
    const struct execution *joined;
    const struct joined_ids *ids;
    size_t own;
    struct trace_deadlock *record;
};

#define NO_MEMBER SIZE_MAX
/* A record's time is as coarse as the timer, the start of a recording is exact. */
#define COARSE_NS UINT64_C(20000000)

/* Of several recordings with this pid, the last one that was begun by then. */
static size_t member_with(const struct execution *joined, uint32_t pid, uint64_t time_ns)
{
    size_t found = NO_MEMBER;

    for (size_t i = 0; i < joined->member_count; i++) {
        const struct execution *member = joined->members[i];
        if (member->pid == pid && member->start_monotonic_ns <= time_ns + COARSE_NS &&
            (found == NO_MEMBER ||
             joined->members[found]->start_monotonic_ns <= member->start_monotonic_ns))
            found = i;
    }
    return found;
}

/* What is held by a thread that has ended is what the one before it wants, whether or not its
 * recording could tell that these are the same lock. */
static void translate_held(const struct translation *to, size_t place, size_t member,
                           struct trace_dependency_held *held)
{
    const struct trace_deadlock_thread *thread = &to->record->threads[place];

    held->stack = to->ids->stack(to->ids->context, member, held->stack);
    if (thread->wanted_kind == 0 && place != 0)
        held->lock = to->record->threads[place - 1].wanted_lock;
    else
        held->lock = to->ids->lock(to->ids->context, member, held->lock);
}

static void translate_thread(const struct translation *to, size_t place,
                             struct trace_dependency_held *held)
{
    struct trace_deadlock_thread *thread = &to->record->threads[place];
    size_t member =
        thread->pid == 0 ? to->own : member_with(to->joined, thread->pid, to->record->time_ns);

    if (member == NO_MEMBER)
        return;
    const struct joined_ids *ids = to->ids;
    thread->pid = 0;
    thread->thread = ids->thread(ids->context, member, thread->thread);
    thread->wanted_lock = ids->lock(ids->context, member, thread->wanted_lock);
    thread->wanted_stack = ids->stack(ids->context, member, thread->wanted_stack);
    for (uint32_t i = 0; i < thread->held_count; i++)
        translate_held(to, place, member, &held[i]);
}

static struct trace_deadlock *translate(struct arena *arena, const struct execution *joined,
                                        const struct joined_ids *ids, size_t member,
                                        const struct trace_deadlock *record)
{
    struct trace_deadlock *copy = arena_alloc(arena, record->record.bytes, 1);
    size_t count = (size_t)record->set_count + record->stuck_count;
    struct trace_dependency_held *held = (void *)&copy->threads[count];
    const struct translation to = {joined, ids, member, copy};

    memcpy(copy, record, record->record.bytes);
    for (size_t i = 0; i < count; i++) {
        translate_thread(&to, i, held);
        held += copy->threads[i].held_count;
    }
    return copy;
}

static bool spans_processes(const struct trace_deadlock *record)
{
    for (uint32_t i = 0; i < record->set_count; i++) {
        if (record->threads[i].pid != 0)
            return true;
    }
    return false;
}

static bool has_thread(const struct trace_deadlock *record, uint32_t thread)
{
    for (uint32_t i = 0; i < record->set_count; i++) {
        if (record->threads[i].thread == thread)
            return true;
    }
    return false;
}

static bool is_same(const struct trace_deadlock *a, const struct trace_deadlock *b)
{
    bool same = a->sort == b->sort && a->set_count == b->set_count;

    for (uint32_t i = 0; i < a->set_count && same; i++)
        same = a->threads[i].thread != 0 && has_thread(b, a->threads[i].thread);
    return same;
}

void joined_deadlock_make(struct arena *arena, struct execution *joined,
                          const struct joined_ids *ids)
{
    ARRAY(const struct trace_deadlock *) all = {0};

    for (size_t i = 0; i < joined->member_count; i++) {
        const struct execution *member = joined->members[i];
        for (size_t j = 0; j < member->deadlock_count; j++) {
            bool spans = spans_processes(member->deadlocks[j]), is_known = false;
            struct trace_deadlock *record = translate(arena, joined, ids, i, member->deadlocks[j]);
            for (size_t k = 0; k < all.count && spans && !is_known; k++)
                is_known = is_same(all.items[k], record);
            if (!is_known)
                *array_add(arena, &all) = record;
        }
    }
    joined->deadlocks = all.items;
    joined->deadlock_count = all.count;
}
