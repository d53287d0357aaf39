#include "analyzer/schedule/wait_pattern.h"

struct walk {
    const struct wait_requests *waits;
    wait_pattern_visit *visit;
    void *context;
    uint64_t limit, steps;
    const struct abstract_request *members[WAIT_PATTERN_MEMBERS];
    size_t next[WAIT_PATTERN_MEMBERS + 1]; /* by depth: the node to look at */
    size_t length;                         /* of the circles that are looked for now */
    bool is_settled;                       /* the first member's wait needs no more circles */
};

static bool fits(const struct walk *walk, size_t count, const struct abstract_request *node)
{
    for (size_t i = 0; i < count; i++) {
        const struct abstract_request *member = walk->members[i];
        if (member->thread == node->thread || member->object == node->object ||
            abstract_request_share_gate(member, node))
            return false;
    }
    return true;
}

static bool is_wait(const struct walk *walk, const struct abstract_request *node)
{
    return wait_request_is_served(walk->waits->locks->trace, node->object);
}

/* Whether the last member closes the circle. */
static bool is_closed(const struct walk *walk, size_t count)
{
    const struct abstract_request *last = walk->members[count - 1];

    return count > 1 && !is_wait(walk, last) &&
           wait_request_waits_for(walk->waits, last, walk->members[0]);
}

/* The next member after `count`, from where the search was left; NULL: there is none. */
static const struct abstract_request *find_next(struct walk *walk, size_t count)
{
    while (walk->next[count] < walk->waits->node_count && walk->steps < walk->limit) {
        const struct abstract_request *node = walk->waits->nodes[walk->next[count]++];
        walk->steps++;
        if (wait_request_waits_for(walk->waits, walk->members[count - 1], node) &&
            fits(walk, count, node))
            return node;
    }
    return NULL;
}

static void take_members(struct walk *walk, size_t count)
{
    if (count == walk->length && is_closed(walk, count))
        walk->is_settled = walk->visit(walk->context, walk->members, count, &walk->steps);
}

static void search_from(struct walk *walk, const struct abstract_request *first)
{
    size_t count = 1;

    walk->members[0] = first;
    walk->next[1] = 0;
    walk->is_settled = false;
    while (count > 0 && !walk->is_settled) {
        const struct abstract_request *node = count < walk->length ? find_next(walk, count) : NULL;
        if (node == NULL) {
            count--;
            continue;
        }
        walk->members[count++] = node;
        walk->next[count] = 0;
        take_members(walk, count);
    }
}

/* Who holds nothing can only be waited for by a join. */
static bool may_be_first(const struct walk *walk, const struct abstract_request *wait)
{
    const struct sync_trace *trace = walk->waits->locks->trace;

    if (wait->held_count > 0)
        return true;
    for (size_t i = walk->waits->wait_count; i < walk->waits->node_count; i++) {
        uint32_t object = walk->waits->nodes[i]->object;
        if (trace->objects[object].kind == SYNC_THREAD &&
            trace->objects[object].thread == wait->thread)
            return true;
    }
    return false;
}

bool wait_patterns_search(struct arena *arena, const struct wait_requests *waits, uint64_t limit,
                          wait_pattern_visit *visit, void *context)
{
    struct walk walk = {.waits = waits, .visit = visit, .context = context, .limit = limit};
    bool *is_settled = arena_alloc(arena, waits->wait_count, sizeof(bool));

    for (walk.length = 2; walk.length <= WAIT_PATTERN_MEMBERS && walk.steps < limit;
         walk.length++) {
        for (size_t i = 0; i < waits->wait_count; i++) {
            if (is_settled[i] || !may_be_first(&walk, waits->nodes[i]))
                continue;
            search_from(&walk, waits->nodes[i]);
            is_settled[i] = walk.is_settled;
        }
    }
    return walk.steps < limit;
}
