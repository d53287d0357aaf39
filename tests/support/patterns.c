#include "tests/support/patterns.h"

struct visitor {
    const struct abstract_requests *requests;
    pattern_visit *visit;
    void *context;
    const struct abstract_request *path[PATTERN_LENGTH_MAX];
};

static bool may_follow(const struct visitor *visitor, size_t count,
                       const struct abstract_request *next)
{
    if ((next->mode & SYNC_TIMED) != 0 ||
        !abstract_request_waits_for(visitor->requests->trace, visitor->path[count - 1], next))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct abstract_request *before = visitor->path[i];
        if (before->thread == next->thread || before->object == next->object ||
            abstract_request_share_gate(before, next))
            return false;
    }
    return true;
}

static void extend(struct visitor *visitor, size_t count)
{
    const struct abstract_requests *all = visitor->requests;

    if (count >= 2 &&
        abstract_request_waits_for(all->trace, visitor->path[count - 1], visitor->path[0]))
        visitor->visit(visitor->context, visitor->path, count);
    for (const struct abstract_request *next = visitor->path[0] + 1;
         count < PATTERN_LENGTH_MAX && next < all->requests + all->count; next++) {
        if (may_follow(visitor, count, next)) {
            visitor->path[count] = next;
            extend(visitor, count + 1);
        }
    }
}

void patterns_visit(const struct abstract_requests *requests, pattern_visit *visit, void *context)
{
    struct visitor visitor = {.requests = requests, .visit = visit, .context = context};

    for (size_t i = 0; i < requests->count; i++) {
        visitor.path[0] = &requests->requests[i];
        if ((visitor.path[0]->mode & SYNC_TIMED) == 0)
            extend(&visitor, 1);
    }
}
