#include "analyzer/schedule/wait_witness.h"

#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/schedule/wait_pattern.h"
#include "analyzer/schedule/witness_search.h"

/* How many candidates one circle gets, in the order of the run and in others. */
enum { MOST_TRIES = 64, MOST_ORDERS = 64 };

/* What a replay, and asking who is stuck then, costs for each event of the trace. */
#define REPLAY_LOOKS UINT64_C(4)

/* How many looks at events the runs of one circle by the simulator may take. */
#define FREE_LOOKS UINT64_C(4000000)

enum { MOST_PARTS = WAIT_PATTERN_MEMBERS + WAIT_WITNESS_HELPERS };

struct quest {
    struct wait_judge *judge;
    struct search search;
    struct part parts[MOST_PARTS];
    struct arena scratch; /* of the candidate in hand */
    struct witness_result result;
    /* The run of a candidate by the simulator: */
    ARRAY(uint32_t) order;
    uint32_t *done; /* by thread: how many events */
    uint64_t looks; /* of all such runs */
    size_t members; /* of the circle; the parts after them are helpers */
};

static uint32_t mutex_of(const struct quest *quest, const struct abstract_request *request)
{
    return quest->judge->waits->mutex_of[request->object];
}

/* Whether the candidate that was kept is a deadlock. */
static bool is_stuck(struct quest *quest)
{
    const struct witness *witness = &quest->result.witness;
    struct simulator *simulator = quest->judge->simulator;

    quest->judge->work += REPLAY_LOOKS * quest->search.index->trace->event_count;
    if (witness->is_guessed || witness->skips_signal)
        return false;
    return simulator_replay(simulator, witness->order, witness->order_count, witness->requests,
                            witness->request_count)
               .verdict == SIMULATOR_DEADLOCK;
}

static void forget(struct quest *quest)
{
    size_t cap = quest->scratch.cap_bytes;

    arena_destroy(&quest->scratch);
    arena_init(&quest->scratch, cap);
}

static bool try_in_order(struct quest *quest)
{
    forget(quest);
    witness_search_keep(&quest->search);
    if (!is_stuck(quest))
        return false;
    quest->result.witness.keeps_data = witness_search_leaves_out(&quest->search, CLOSURE_DATA);
    return true;
}

/* Goes on from the events chosen; false: there are no others outside of what comes first. */
static bool go_on(struct quest *quest)
{
    size_t failed;

    return witness_search_go_on(&quest->search, CLOSURE_IN_ORDER, quest->search.count, &failed);
}

/* One who would end the first member's wait later, and stands behind a lock that a member holds. */
static bool is_helper(const struct quest *quest, const struct abstract_request *request)
{
    const struct wait_requests *waits = quest->judge->waits;
    bool is_behind = false;

    if (wait_request_is_served(waits->locks->trace, request->object) ||
        !wait_request_waits_for(waits, quest->parts[0].request, request))
        return false;
    for (size_t i = 0; i < quest->search.count; i++) {
        const struct abstract_request *member = quest->parts[i].request;
        if (member->thread == request->thread || abstract_request_share_gate(member, request))
            return false;
        is_behind |= wait_request_waits_for(waits, request, member);
    }
    return is_behind;
}

static bool add_helper(struct quest *quest, const struct abstract_request *request)
{
    struct part saved[MOST_PARTS];
    struct search *search = &quest->search;

    memcpy(saved, quest->parts, sizeof saved);
    quest->parts[search->count] = (struct part){request, 0, SYNC_UNKNOWN};
    search->count++;
    if (go_on(quest))
        return true;
    search->count--;
    memcpy(quest->parts, saved, sizeof saved);
    return false;
}

static bool is_of_semaphore(const struct quest *quest)
{
    uint32_t object = quest->parts[0].request->object;
    return quest->judge->waits->locks->trace->objects[object].kind == SYNC_SEMAPHORE;
}

/* With more threads that hold units of the semaphore. */
static bool try_with_helpers(struct quest *quest)
{
    const struct wait_requests *waits = quest->judge->waits;
    bool found = false;

    if (!is_of_semaphore(quest))
        return false;
    for (size_t i = waits->wait_count; i < waits->node_count && !found; i++) {
        if (quest->search.count == quest->members + WAIT_WITNESS_HELPERS)
            break;
        if (is_helper(quest, waits->nodes[i]) && add_helper(quest, waits->nodes[i]))
            found = try_in_order(quest);
    }
    return found;
}

static bool find_in_order(struct quest *quest)
{
    for (size_t tries = 0; tries < MOST_TRIES && go_on(quest); tries++) {
        struct part saved[MOST_PARTS];
        memcpy(saved, quest->parts, sizeof saved);
        if (try_in_order(quest) || try_with_helpers(quest))
            return true;
        quest->search.count = quest->members;
        memcpy(quest->parts, saved, sizeof saved);
        if (++quest->parts[0].at == quest->parts[0].request->event_count)
            return false;
    }
    return false;
}

/* The next choice of events, the last part's changing fastest. */
static bool next_choice(struct quest *quest)
{
    for (size_t i = quest->members; i > 0; i--) {
        struct part *part = &quest->parts[i - 1];
        if (++part->at < part->request->event_count)
            return true;
        part->at = 0;
    }
    return false;
}

/* Whether another order may be tried; then the first events are chosen. */
static bool may_reorder(struct quest *quest)
{
    for (size_t i = 0; i < quest->members; i++) {
        quest->parts[i].at = 0;
        if (quest->parts[i].mutex != SYNC_UNKNOWN)
            return false;
    }
    return true;
}

static bool find_reversed(struct quest *quest)
{
    for (size_t orders = 0; orders < MOST_ORDERS; orders++) {
        forget(quest);
        if (witness_search_reverse(&quest->search) && is_stuck(quest))
            return true;
        if (!next_choice(quest))
            return false;
    }
    return false;
}

static bool take_next(struct quest *quest, uint32_t thread)
{
    struct simulator *simulator = quest->judge->simulator;
    uint32_t next = simulator_next(simulator, thread);

    quest->looks++;
    if (next == SIMULATOR_NONE || !simulator_is_enabled(simulator, next))
        return false;
    simulator_execute(simulator, next);
    *array_add(&quest->scratch, &quest->order) = next;
    quest->done[thread]++;
    return true;
}

/* Lets the members go as far as they can, the first one first; true: each stands where it waits. */
static bool run_members(struct quest *quest, size_t first, bool *moved)
{
    bool all = true;

    *moved = false;
    for (size_t i = 0; i < quest->search.count; i++) {
        const struct part *part = &quest->parts[(first + i) % quest->search.count];
        uint32_t thread = part->request->thread;
        uint32_t before = part->request->events[part->at].index - 1;
        while (quest->done[thread] < before && take_next(quest, thread))
            *moved = true;
        all &= quest->done[thread] == before;
    }
    return all;
}

static bool is_member(const struct quest *quest, uint32_t thread)
{
    bool found = false;

    for (size_t i = 0; i < quest->search.count; i++)
        found |= quest->parts[i].request->thread == thread;
    return found;
}

/* Lets one of the others do its next event: the one that came first in the run. */
static bool run_another(struct quest *quest)
{
    const struct sync_trace *trace = quest->search.index->trace;
    const struct simulator *simulator = quest->judge->simulator;
    uint32_t lowest = SIMULATOR_NONE;

    for (uint32_t t = 0; t < trace->thread_count; t++) {
        uint32_t next = simulator_next(simulator, t);
        quest->looks++;
        if (next < lowest && !is_member(quest, t) && simulator_is_enabled(simulator, next))
            lowest = next;
    }
    return lowest != SIMULATOR_NONE && take_next(quest, trace->events[lowest].thread);
}

static bool run_freely(struct quest *quest, size_t first)
{
    uint32_t threads = quest->search.index->trace->thread_count;
    bool moved;

    forget(quest);
    quest->order.items = NULL;
    quest->order.count = quest->order.capacity = 0;
    quest->done = arena_alloc(&quest->scratch, threads, sizeof *quest->done);
    simulator_reset(quest->judge->simulator);
    while (quest->looks < FREE_LOOKS) {
        if (run_members(quest, first, &moved))
            return true;
        if (!moved && !run_another(quest))
            return false;
    }
    return false;
}

/* Tries the members' events, and whoever of them goes first. */
static bool try_freely(struct quest *quest)
{
    for (size_t orders = 0; orders < MOST_ORDERS; orders++) {
        for (size_t first = 0; first < quest->members; first++) {
            if (!run_freely(quest, first))
                continue;
            witness_search_keep_order(&quest->search, quest->order.items, quest->order.count);
            quest->result.witness.is_reversed = true;
            if (is_stuck(quest))
                return true;
        }
        if (!next_choice(quest))
            return false;
    }
    return false;
}

/* Of each other thread the first request that makes it a helper. */
static void add_helpers(struct quest *quest)
{
    const struct wait_requests *waits = quest->judge->waits;

    if (!is_of_semaphore(quest))
        return;
    for (size_t i = waits->wait_count; i < waits->node_count; i++) {
        if (quest->search.count < quest->members + WAIT_WITNESS_HELPERS &&
            is_helper(quest, waits->nodes[i]))
            quest->parts[quest->search.count++] = (struct part){waits->nodes[i], 0, SYNC_UNKNOWN};
    }
}

/* What serves whom may differ from the run: members go on as objects let them. */
static bool find_freely(struct quest *quest)
{
    if (try_freely(quest))
        return true;
    add_helpers(quest);
    if (quest->search.count > quest->members && may_reorder(quest) && try_freely(quest))
        return true;
    quest->search.count = quest->members;
    return false;
}

/* The witness outlives what it was found with. */
static void keep(struct quest *quest, struct arena *arena, const struct abstract_request **members,
                 struct witness *witness)
{
    *witness = quest->result.witness;
    uint32_t *order = arena_alloc(arena, witness->order_count, sizeof *order);
    uint32_t *requests = arena_alloc(arena, witness->request_count, sizeof *requests);
    if (witness->order_count > 0)
        memcpy(order, witness->order, witness->order_count * sizeof *order);
    memcpy(requests, witness->requests, witness->request_count * sizeof *requests);
    for (size_t i = quest->members; i < quest->search.count; i++)
        members[i] = quest->parts[i].request;
    witness->order = order;
    witness->requests = requests;
}

bool wait_witness_find(struct wait_judge *judge, struct arena *arena,
                       const struct abstract_request **members, size_t count,
                       struct witness *witness)
{
    struct quest quest = {.judge = judge, .members = count};
    uint64_t before = schedule_index_work(judge->index);

    quest.search = (struct search){
        .index = judge->index,
        .arena = &quest.scratch,
        .parts = quest.parts,
        .member_count = count,
        .count = count,
        .result = &quest.result,
    };
    for (size_t i = 0; i < count; i++)
        quest.parts[i] = (struct part){members[i], 0, mutex_of(&quest, members[i])};
    arena_init(&quest.scratch, arena->cap_bytes);
    bool found = find_in_order(&quest);
    if (!found && may_reorder(&quest))
        found = find_reversed(&quest) || (may_reorder(&quest) && find_freely(&quest));
    if (found)
        keep(&quest, arena, members, witness);
    arena_destroy(&quest.scratch);
    judge->work += schedule_index_work(judge->index) - before + quest.looks;
    return found;
}
