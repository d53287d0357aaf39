#include "analyzer/schedule/witness.h"

#include <string.h>
#include "analyzer/schedule/closure.h"
#include "analyzer/schedule/reversal.h"
#include "analyzer/schedule/wait_guess.h"
#include "analyzer/schedule/witness_search.h"

/* Reversal tries one choice of request events after the other; it gives a pattern up after so many
 * looks at events, or choices. */
#define REVERSAL_LOOKS   UINT64_C(4000000)
#define REVERSAL_CHOICES 4096

static const struct request_event *event_of(const struct part *part)
{
    return &part->request->events[part->at];
}

bool witness_search_go_on(struct search *search, enum closure_rule rule, size_t count,
                          size_t *failed)
{
    struct closure *closure = search->index->closure;
    bool moved = true;

    closure_begin(closure, rule);
    for (size_t i = 0; i < count; i++) {
        if (search->parts[i].mutex != SYNC_UNKNOWN)
            closure_keep_data(closure, search->parts[i].mutex);
    }
    while (moved) {
        moved = false;
        for (size_t i = 0; i < count; i++) {
            const struct part *part = &search->parts[i];
            *failed = count;
            if (!closure_add(closure, part->request->thread, event_of(part)->index - 1))
                return false;
        }
        for (size_t i = 0; i < count; i++) {
            struct part *part = &search->parts[i];
            uint32_t reach = closure_reach(closure, part->request->thread);
            for (*failed = i; event_of(part)->index <= reach; moved = true) {
                if (++part->at == part->request->event_count)
                    return false;
            }
        }
    }
    return true;
}

/* Goes through the events of each request from the first on. */
static bool find_in_order(struct search *search, enum closure_rule rule, size_t count,
                          size_t *failed)
{
    for (size_t i = 0; i < count; i++)
        search->parts[i].at = 0;
    return witness_search_go_on(search, rule, count, failed);
}

/* All that a failed try stands on may not have been so: its cause is not certain. */
static bool is_guess(const struct sync_event *event)
{
    return event->kind == SYNC_TRY_FAIL && (event->mode & SYNC_HOLDER_SEEN) == 0;
}

void witness_search_keep_order(struct search *search, const uint32_t *order, size_t count)
{
    struct witness *witness = &search->result->witness;
    uint32_t *requests = arena_alloc(search->arena, search->count, sizeof *requests);

    for (size_t i = 0; i < search->count; i++)
        requests[i] = event_of(&search->parts[i])->position;
    search->result->verdict = WITNESS_FOUND;
    *witness = (struct witness){
        .order = order,
        .order_count = count,
        .requests = requests,
        .member_count = search->member_count,
        .request_count = search->count,
    };
    witness->doubtful = wait_guesses_skipped(search->index, order, count);
    witness->skips_signal = witness->doubtful != SYNC_UNKNOWN;
    for (size_t i = 0; i < count && !witness->is_guessed; i++) {
        witness->is_guessed = is_guess(&search->index->trace->events[order[i]]);
        if (witness->is_guessed && !witness->skips_signal)
            witness->doubtful = order[i];
    }
}

void witness_search_keep(struct search *search)
{
    const struct sync_trace *trace = search->index->trace;
    const struct closure *closure = search->index->closure;
    uint32_t *passed = search->index->passed;
    size_t left = 0, count = 0;

    for (uint32_t i = 0; i < trace->thread_count; i++)
        left += closure_reach(closure, i);
    memset(passed, 0, trace->thread_count * sizeof *passed);
    uint32_t *order = arena_alloc(search->arena, left, sizeof *order);
    for (size_t i = 0; i < trace->event_count && count < left; i++) {
        uint32_t thread = trace->events[i].thread;
        if (passed[thread]++ < closure_reach(closure, thread))
            order[count++] = (uint32_t)i;
    }
    witness_search_keep_order(search, order, count);
}

bool witness_search_leaves_out(struct search *search, enum closure_rule rule)
{
    struct closure *closure = search->index->closure;

    closure_begin(closure, rule);
    for (size_t i = 0; i < search->count; i++)
        closure_keep_open(closure, search->parts[i].request->thread,
                          event_of(&search->parts[i])->index, search->parts[i].request->object);
    for (size_t i = 0; i < search->count; i++) {
        if (!closure_add(closure, search->parts[i].request->thread,
                         event_of(&search->parts[i])->index - 1))
            return false;
    }
    for (size_t i = 0; i < search->count; i++) {
        if (closure_reach(closure, search->parts[i].request->thread) >=
            event_of(&search->parts[i])->index)
            return false;
    }
    return true;
}

bool witness_search_reverse(struct search *search)
{
    const uint32_t *order;
    size_t count;

    if (search->index->reversal == NULL)
        search->index->reversal = reversal_create(search->index->arena, search->index);
    if (!witness_search_leaves_out(search, CLOSURE_ENDED) ||
        !reversal_run(search->index->reversal, search->index->closure, &order, &count))
        return false;
    uint32_t *kept = arena_alloc(search->arena, count, sizeof *kept);
    if (count != 0)
        memcpy(kept, order, count * sizeof *kept);
    witness_search_keep_order(search, kept, count);
    search->result->witness.is_reversed = true;
    return true;
}

/* The next choice of events, the last part's changing fastest. */
static bool next_choice(struct search *search)
{
    for (size_t i = search->count; i > 0; i--) {
        struct part *part = &search->parts[i - 1];
        if (++part->at < part->request->event_count)
            return true;
        part->at = 0;
    }
    return false;
}

static void find_reversed(struct search *search)
{
    struct schedule_index *index = search->index;

    uint64_t stop_at = schedule_index_work(index) + REVERSAL_LOOKS;
    for (size_t i = 0; i < search->count; i++)
        search->parts[i].at = 0;
    for (size_t choices = 0; choices < REVERSAL_CHOICES; choices++) {
        if (witness_search_reverse(search) || !next_choice(search))
            return;
        if (schedule_index_work(index) > stop_at)
            break;
    }
    search->result->is_cut = true;
}

static bool holds_reading(const struct abstract_request *request, uint32_t object)
{
    for (uint32_t i = 0; i < request->held_count; i++) {
        if (request->held[i].object == object)
            return request->held[i].reader != 0;
    }
    return false;
}

/* The members that read what the next one reads wait only if a writer waits between them. */
static void find_queues(struct search *search)
{
    for (size_t i = 0; i < search->member_count; i++) {
        const struct abstract_request *waiter = search->parts[i].request;
        const struct abstract_request *holder =
            search->parts[(i + 1) % search->member_count].request;
        if ((waiter->mode & SYNC_READER) != 0 && holds_reading(holder, waiter->object))
            search->queues[search->count++] = waiter->object;
    }
}

static bool is_writer_for(const struct search *search, size_t part,
                          const struct abstract_request *request)
{
    if (request->object != search->queues[part] || request->mode != 0)
        return false;
    for (size_t i = 0; i < part; i++) {
        if (search->parts[i].request->thread == request->thread)
            return false;
    }
    return true;
}

/* Chooses writers for the parts from `from` on, the first from where it was left. */
static bool choose_writers(struct search *search, size_t from)
{
    const struct abstract_requests *all = search->index->requests;
    size_t i = from;

    while (i < search->count) {
        size_t *at = &search->writer_at[i];
        while (*at < all->count && !is_writer_for(search, i, &all->requests[*at]))
            ++*at;
        if (*at < all->count) {
            search->parts[i] = (struct part){&all->requests[*at], 0, SYNC_UNKNOWN};
            if (++i < search->count)
                search->writer_at[i] = 0;
        } else {
            if (i == search->member_count)
                return false;
            search->writer_at[--i]++;
        }
    }
    return true;
}

static bool first_writers(struct search *search)
{
    if (search->count == search->member_count)
        return true;
    search->writer_at[search->member_count] = 0;
    return choose_writers(search, search->member_count);
}

static bool next_writers(struct search *search)
{
    if (search->count == search->member_count)
        return false;
    search->writer_at[search->count - 1]++;
    return choose_writers(search, search->count - 1);
}

/* Where the order comes from that leaves a part without a request to take: back along the edges to
 * the member that brought it in. */
static void keep_dismissal(struct search *search, size_t failed)
{
    struct closure *closure = search->index->closure;
    struct witness_dismissal *dismissal = &search->result->dismissal;
    uint32_t thread = search->parts[failed].request->thread;
    bool is_first = true;

    search->result->verdict = WITNESS_DISMISSED;
    dismissal->earlier = failed;
    for (;;) {
        struct closure_cause cause = closure_cause_of(closure, thread);
        if (cause.thread == SYNC_UNKNOWN)
            break;
        if (is_first) {
            dismissal->from = schedule_index_position(search->index, thread, cause.event);
            is_first = false;
        }
        thread = cause.thread;
        if (thread < search->index->trace->thread_count && dismissal->to == 0)
            dismissal->to = schedule_index_position(search->index, thread, cause.later_event);
    }
    for (size_t i = 0; i < search->member_count; i++) {
        if (search->parts[i].request->thread == thread)
            dismissal->later = i;
    }
}

static bool is_proof(const struct witness_result *result)
{
    return result->verdict == WITNESS_FOUND && !result->witness.is_guessed &&
           !result->witness.skips_signal;
}

/* In the order of the trace, with the writers chosen; rather one that skips no signal. */
static void find_kept(struct search *search)
{
    size_t failed;

    if (!find_in_order(search, CLOSURE_IN_ORDER, search->count, &failed))
        return;
    witness_search_keep(search);
    search->result->witness.keeps_data = witness_search_leaves_out(search, CLOSURE_DATA);
    if (!search->result->witness.skips_signal ||
        !find_in_order(search, CLOSURE_GUESSED, search->count, &failed))
        return;
    witness_search_keep(search);
    search->result->witness.keeps_data = witness_search_leaves_out(search, CLOSURE_DATA);
}

/* Tries one set of writers after the other, up to a witness that is a proof. What it leaves is the
 * last witness. */
static void try_writers(struct search *search, void (*find)(struct search *))
{
    for (bool more = first_writers(search); more; more = next_writers(search)) {
        find(search);
        if (is_proof(search->result))
            return;
    }
}

static void judge(struct search *search, bool reverses)
{
    size_t failed;

    try_writers(search, find_kept);
    if (search->result->verdict == WITNESS_FOUND)
        return;
    if (!find_in_order(search, CLOSURE_MUST, search->member_count, &failed))
        keep_dismissal(search, failed);
    else if (reverses)
        try_writers(search, find_reversed);
}

bool witness_is_begun(const struct witness *witness, size_t request)
{
    for (size_t i = 0; i < witness->order_count; i++) {
        if (witness->order[i] == witness->requests[request])
            return true;
    }
    return false;
}

uint64_t schedule_index_work(const struct schedule_index *index)
{
    return closure_work(index->closure) +
           (index->reversal != NULL ? reversal_work(index->reversal) : 0);
}

static void find(struct schedule_index *index, struct arena *arena,
                 const struct abstract_request *const *pattern, size_t count, bool reverses,
                 struct witness_result *result)
{
    struct search search = {
        .index = index,
        .arena = arena,
        .parts = arena_alloc(arena, 2 * count, sizeof *search.parts),
        .queues = arena_alloc(arena, 2 * count, sizeof *search.queues),
        .writer_at = arena_alloc(arena, 2 * count, sizeof *search.writer_at),
        .member_count = count,
        .count = count,
        .result = result,
    };

    *result = (struct witness_result){.verdict = WITNESS_UNKNOWN};
    for (size_t i = 0; i < count; i++)
        search.parts[i] = (struct part){pattern[i], 0, SYNC_UNKNOWN};
    find_queues(&search);
    judge(&search, reverses);
}

void witness_find(struct schedule_index *index, struct arena *arena,
                  const struct abstract_request *const *pattern, size_t count,
                  struct witness_result *result)
{
    find(index, arena, pattern, count, true, result);
}

void witness_find_in_order(struct schedule_index *index, struct arena *arena,
                           const struct abstract_request *const *pattern, size_t count,
                           struct witness_result *result)
{
    find(index, arena, pattern, count, false, result);
}
