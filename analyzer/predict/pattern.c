#include "analyzer/predict/pattern.h"

#include <string.h>

/* What costs one step of the budget: merging held sets of so many locks, looking at so many of the
 * parts chosen before. */
enum { LOCKS_PER_STEP = 256, PARTS_PER_STEP = 16 };

void pattern_init(struct pattern *pattern, struct arena *arena, const struct request_set *set,
                  const struct happens_before *order, struct search_budget *budget, size_t longest)
{
    *pattern = (struct pattern){.set = set, .order = order, .budget = budget};
    pattern->parts = arena_alloc(arena, longest, sizeof *pattern->parts);
    pattern->saved = arena_alloc(arena, longest, sizeof *pattern->saved);
}

bool budget_is_spent(const struct search_budget *budget)
{
    return budget->used >= budget->limit;
}

void budget_charge(struct search_budget *budget, uint64_t steps)
{
    budget->used += steps;
}

void budget_exhaust(struct search_budget *budget)
{
    budget->used = budget->limit;
}

const struct request *pattern_request(const struct pattern_part *part)
{
    return part->edge->uses[part->use].request;
}

const struct occurrence *pattern_occurrence(const struct pattern_part *part)
{
    return &pattern_request(part)->occurrences[part->occurrence];
}

static bool is_enforced(const struct pattern *pattern, enum dismissal reason)
{
    return (pattern->rules & PATTERN_RULE(reason)) != 0;
}

/* The first held lock from position `from` on that is not below `lock`. Looks one, two, four...
 * further, then between: what is near or far is found in few steps, and a merge stays linear. */
static uint32_t skip_below(const struct request *request, uint32_t from, uint32_t lock)
{
    uint32_t low = from, high = from, stride = 1;

    while (high < request->held_count && request->held[high].lock < lock) {
        low = high + 1;
        high = request->held_count - high > stride ? high + stride : request->held_count;
        stride *= 2;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (request->held[middle].lock < lock)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool share_gate(const struct request *a, const struct request *b, uint32_t *gate_lock)
{
    uint32_t i = 0, j = 0;

    while (i < a->held_count && j < b->held_count) {
        if (a->held[i].lock < b->held[j].lock) {
            i = skip_below(a, i, b->held[j].lock);
        } else if (a->held[i].lock > b->held[j].lock) {
            j = skip_below(b, j, a->held[i].lock);
        } else if (!a->held[i].read || !b->held[j].read) {
            *gate_lock = a->held[i].lock;
            return true;
        } else {
            i++;
            j++;
        }
    }
    return false;
}

static bool both_read(const struct pattern_part *waiter, const struct pattern_part *holder)
{
    return (pattern_request(waiter)->mode & TRACE_MODE_READ) != 0 &&
           pattern_request(holder)->held[holder->edge->uses[holder->use].hold].read;
}

static bool queues_readers(const struct pattern *pattern, uint32_t lock)
{
    return (pattern->set->execution->locks[lock].flags & TRACE_LOCK_WRITER_QUEUES) != 0;
}

/* Whether a thread other than these two writes the lock: waiting between them, it makes a reader
 * wait for a reader. */
static bool third_writes(const struct pattern *pattern, uint32_t lock, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < 3; i++) {
        uint32_t writer = pattern->set->writers[lock].threads[i];
        if (writer != REQUEST_NO_THREAD && writer != a && writer != b)
            return true;
    }
    return false;
}

static bool wait_conflicts(const struct pattern *pattern, const struct pattern_part *waiter,
                           const struct pattern_part *holder)
{
    uint32_t lock = pattern_request(waiter)->lock;

    return !both_read(waiter, holder) ||
           (queues_readers(pattern, lock) &&
            third_writes(pattern, lock, pattern_occurrence(waiter)->thread,
                         pattern_occurrence(holder)->thread));
}

static bool is_before(const struct pattern *pattern, const struct pattern_part *a,
                      const struct pattern_part *b)
{
    const struct occurrence *first = pattern_occurrence(a), *then = pattern_occurrence(b);

    return first->thread != then->thread &&
           happens_before_is_ordered(pattern->order,
                                     (struct segment_ref){first->thread, first->segment},
                                     (struct segment_ref){then->thread, then->segment});
}

/* The parts whose lock part i's request waits for and that wait for part i's lock, as far as they
 * are chosen: calls `test` on each such (waiter, holder) pair. */
static bool neighbours_pass(const struct pattern *pattern, size_t i, size_t count, bool closed,
                            bool (*test)(const struct pattern *, const struct pattern_part *,
                                         const struct pattern_part *))
{
    const struct pattern_part *parts = pattern->parts;

    if (i > 0 && !test(pattern, &parts[i - 1], &parts[i]))
        return false;
    return !closed || i + 1 != count || test(pattern, &parts[i], &parts[0]);
}

/* wait_conflicts as far as it does not depend on the threads. */
static bool may_conflict(const struct pattern *pattern, const struct pattern_part *waiter,
                         const struct pattern_part *holder)
{
    return !both_read(waiter, holder) || queues_readers(pattern, pattern_request(waiter)->lock);
}

static bool request_fits(const struct pattern *pattern, size_t i, size_t count, bool closed)
{
    const struct request *request = pattern_request(&pattern->parts[i]);
    uint32_t gate_lock;

    if ((is_enforced(pattern, DISMISSAL_TRYLOCK) && (request->mode & TRACE_MODE_TRY) != 0) ||
        (is_enforced(pattern, DISMISSAL_TIMED) && (request->mode & TRACE_MODE_TIMED) != 0))
        return false;
    if (is_enforced(pattern, DISMISSAL_READERS) &&
        !neighbours_pass(pattern, i, count, closed, may_conflict))
        return false;
    for (size_t j = 0; is_enforced(pattern, DISMISSAL_GATE_LOCK) && j < i; j++) {
        const struct request *other = pattern_request(&pattern->parts[j]);
        budget_charge(pattern->budget, (request->held_count + other->held_count) / LOCKS_PER_STEP);
        if (share_gate(request, other, &gate_lock))
            return false;
    }
    return true;
}

static bool occurrence_fits(const struct pattern *pattern, size_t i, size_t count, bool closed)
{
    const unsigned pair_rules =
        PATTERN_RULE(DISMISSAL_SINGLE_THREAD) | PATTERN_RULE(DISMISSAL_ORDERED);
    const struct pattern_part *part = &pattern->parts[i];

    if (is_enforced(pattern, DISMISSAL_READERS) &&
        !neighbours_pass(pattern, i, count, closed, wait_conflicts))
        return false;
    for (size_t j = 0; j < i && (pattern->rules & pair_rules) != 0; j++) {
        const struct pattern_part *other = &pattern->parts[j];
        if (is_enforced(pattern, DISMISSAL_SINGLE_THREAD) &&
            pattern_occurrence(part)->thread == pattern_occurrence(other)->thread)
            return false;
        if (is_enforced(pattern, DISMISSAL_ORDERED) &&
            (is_before(pattern, part, other) || is_before(pattern, other, part)))
            return false;
    }
    return true;
}

/* From the choice part i is at on, the first that fits those before it. */
static bool choose(struct pattern *pattern, size_t i, size_t count, bool closed)
{
    struct pattern_part *part = &pattern->parts[i];

    for (; part->use < part->edge->use_count; part->use++, part->occurrence = 0) {
        budget_charge(pattern->budget, 1 + i / PARTS_PER_STEP);
        if (budget_is_spent(pattern->budget))
            return false;
        if (!request_fits(pattern, i, count, closed))
            continue;
        for (; part->occurrence < pattern_request(part)->occurrence_count; part->occurrence++) {
            budget_charge(pattern->budget, 1 + i / PARTS_PER_STEP);
            if (budget_is_spent(pattern->budget))
                return false;
            if (occurrence_fits(pattern, i, count, closed))
                return true;
        }
    }
    return false;
}

static void reset(struct pattern_part *part)
{
    part->use = 0;
    part->occurrence = 0;
}

/* Fills the parts from `i` on, whose choices so far are behind; goes back where nothing fits. */
static bool assign_from(struct pattern *pattern, size_t i, size_t count, bool closed)
{
    for (;;) {
        if (choose(pattern, i, count, closed)) {
            if (++i == count)
                return true;
            reset(&pattern->parts[i]);
        } else {
            if (i == 0 || budget_is_spent(pattern->budget))
                return false;
            pattern->parts[--i].occurrence++;
        }
    }
}

bool pattern_assign(struct pattern *pattern, size_t count, bool closed)
{
    reset(&pattern->parts[0]);
    return assign_from(pattern, 0, count, closed);
}

bool pattern_next(struct pattern *pattern, size_t count)
{
    pattern->parts[count - 1].occurrence++;
    return assign_from(pattern, count - 1, count, true);
}

bool pattern_extend(struct pattern *pattern, size_t count, bool closed)
{
    size_t bytes = count * sizeof *pattern->parts;

    reset(&pattern->parts[count - 1]);
    if (choose(pattern, count - 1, count, closed))
        return true;
    if (count == 1)
        return false;
    memcpy(pattern->saved, pattern->parts, bytes);
    if (pattern_assign(pattern, count, closed))
        return true;
    memcpy(pattern->parts, pattern->saved, bytes);
    return false;
}

static bool pair_breaks(const struct pattern *pattern, size_t count, enum dismissal reason,
                        struct breach *breach)
{
    const struct pattern_part *a = &pattern->parts[breach->part_a];
    const struct pattern_part *b = &pattern->parts[breach->part_b];

    switch (reason) {
    case DISMISSAL_SINGLE_THREAD:
        return a != b && pattern_occurrence(a)->thread == pattern_occurrence(b)->thread;
    case DISMISSAL_GATE_LOCK:
        return a != b && share_gate(pattern_request(a), pattern_request(b), &breach->gate_lock);
    case DISMISSAL_ORDERED:
        return a != b && is_before(pattern, a, b);
    case DISMISSAL_READERS:
        return breach->part_b == (breach->part_a + 1) % count && !wait_conflicts(pattern, a, b);
    case DISMISSAL_TRYLOCK:
        return a == b && (pattern_request(a)->mode & TRACE_MODE_TRY) != 0;
    case DISMISSAL_TIMED:
        return a == b && (pattern_request(a)->mode & TRACE_MODE_TIMED) != 0;
    case DISMISSAL_SEPARATE: /* of processes, not of steps */
    case DISMISSAL_COUNT:
        break;
    }
    return false;
}

bool pattern_breaks(const struct pattern *pattern, size_t count, enum dismissal reason,
                    struct breach *breach)
{
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            *breach = (struct breach){.part_a = a, .part_b = b};
            if (pair_breaks(pattern, count, reason, breach))
                return true;
        }
    }
    return false;
}
