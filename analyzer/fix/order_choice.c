#include "analyzer/fix/order_choice.h"

#include <string.h>

/* Half of the nodes: what arcs from each set of them weigh is looked up. */
enum { HALF = ORDER_CHOICE_EXACT / 2, HALF_SETS = 1 << HALF };

/* Moving nodes ends by itself; this is for weights that are all but alike. */
enum { MOVE_ROUNDS = 64 };

struct chooser {
    struct arena *scratch;
    uint32_t count;
    uint64_t *weight; /* [from * count + to] */
};

static uint64_t weight_of(const struct chooser *chooser, uint32_t from, uint32_t to)
{
    return chooser->weight[(size_t)from * chooser->count + to];
}

/* ---- exact ---- */

struct halves {
    uint64_t low[ORDER_CHOICE_EXACT][HALF_SETS], high[ORDER_CHOICE_EXACT][HALF_SETS];
};

/* By node and set of one half of the nodes: the weight of the arcs from these to the node. */
static void sum_half(const struct chooser *chooser, uint32_t node, uint32_t first, uint64_t *sums)
{
    for (uint32_t set = 1; set < HALF_SETS; set++) {
        uint32_t from = first + (uint32_t)__builtin_ctz(set);
        sums[set] =
            sums[set & (set - 1)] + (from < chooser->count ? weight_of(chooser, from, node) : 0);
    }
}

/* What it costs that the node comes before all of `later`. */
static uint64_t cost_before(const struct halves *halves, uint32_t node, uint32_t later)
{
    return halves->low[node][later % HALF_SETS] + halves->high[node][later / HALF_SETS];
}

/* least[set]: the cost of the best order that begins with the set, for all arcs into it. */
static uint64_t *find_least(const struct chooser *chooser, const struct halves *halves)
{
    uint32_t all = (1U << chooser->count) - 1;
    uint64_t *least = arena_alloc(chooser->scratch, (size_t)all + 1, sizeof *least);

    for (uint32_t set = 1; set <= all; set++) {
        least[set] = UINT64_MAX;
        for (uint32_t rest = set; rest != 0; rest &= rest - 1) {
            uint32_t last = (uint32_t)__builtin_ctz(rest);
            uint64_t cost = least[set & ~(1U << last)] + cost_before(halves, last, all & ~set);
            if (cost < least[set])
                least[set] = cost;
        }
    }
    return least;
}

/* From the end; of several nodes that may be last, the last one. */
static void choose_exactly(const struct chooser *chooser, struct order_choice *choice)
{
    struct halves *halves = arena_alloc(chooser->scratch, 1, sizeof *halves);
    uint32_t all = (1U << chooser->count) - 1, set = all;

    for (uint32_t node = 0; node < chooser->count; node++) {
        sum_half(chooser, node, 0, halves->low[node]);
        sum_half(chooser, node, HALF, halves->high[node]);
    }
    const uint64_t *least = find_least(chooser, halves);
    for (uint32_t at = chooser->count; at-- > 0;) {
        uint32_t last = chooser->count - 1;
        while ((set & 1U << last) == 0 ||
               least[set & ~(1U << last)] + cost_before(halves, last, all & ~set) != least[set])
            last--;
        choice->order[at] = last;
        set &= ~(1U << last);
    }
}

/* ---- heuristic ---- */

struct peeling {
    bool *is_taken;
    uint64_t *in, *out;   /* weight of the arcs from and to nodes not yet taken */
    uint32_t front, back; /* of the order, still free */
};

static void take(const struct chooser *chooser, struct peeling *peeling, uint32_t node)
{
    peeling->is_taken[node] = true;
    for (uint32_t other = 0; other < chooser->count; other++) {
        peeling->in[other] -= weight_of(chooser, node, other);
        peeling->out[other] -= weight_of(chooser, other, node);
    }
}

/* A sink goes to the back; else the node that loses least by going to the front does. */
static void peel_one(const struct chooser *chooser, struct peeling *peeling, uint32_t *order)
{
    uint32_t best = chooser->count;
    int64_t most = INT64_MIN;

    for (uint32_t node = 0; node < chooser->count; node++) {
        if (peeling->is_taken[node])
            continue;
        if (peeling->out[node] == 0 && peeling->in[node] != 0) {
            order[--peeling->back] = node;
            take(chooser, peeling, node);
            return;
        }
        int64_t gain =
            peeling->in[node] == 0 ? INT64_MAX : (int64_t)(peeling->out[node] - peeling->in[node]);
        if (best == chooser->count || gain > most) {
            best = node;
            most = gain;
        }
    }
    order[peeling->front++] = best;
    take(chooser, peeling, best);
}

static void peel(const struct chooser *chooser, uint32_t *order)
{
    uint32_t count = chooser->count;
    struct peeling peeling = {
        .is_taken = arena_alloc(chooser->scratch, count, sizeof *peeling.is_taken),
        .in = arena_alloc(chooser->scratch, count, sizeof *peeling.in),
        .out = arena_alloc(chooser->scratch, count, sizeof *peeling.out),
        .back = count,
    };

    for (uint32_t from = 0; from < count; from++) {
        for (uint32_t to = 0; to < count; to++) {
            peeling.out[from] += weight_of(chooser, from, to);
            peeling.in[to] += weight_of(chooser, from, to);
        }
    }
    while (peeling.front < peeling.back)
        peel_one(chooser, &peeling, order);
}

/* Where the node at `at` costs least, and what that gains. */
static uint64_t best_move(const struct chooser *chooser, const uint32_t *order, uint32_t at,
                          uint32_t *best)
{
    uint32_t node = order[at];
    int64_t change = 0, least = 0;

    *best = at;
    for (uint32_t to = at; to-- > 0;) {
        change +=
            (int64_t)(weight_of(chooser, order[to], node) - weight_of(chooser, node, order[to]));
        if (change < least) {
            least = change;
            *best = to;
        }
    }
    change = 0;
    for (uint32_t to = at + 1; to < chooser->count; to++) {
        change +=
            (int64_t)(weight_of(chooser, node, order[to]) - weight_of(chooser, order[to], node));
        if (change < least) {
            least = change;
            *best = to;
        }
    }
    return (uint64_t)-least;
}

static void move(uint32_t *order, uint32_t from, uint32_t to)
{
    uint32_t node = order[from];

    if (from < to)
        memmove(&order[from], &order[from + 1], (to - from) * sizeof *order);
    else
        memmove(&order[to + 1], &order[to], (from - to) * sizeof *order);
    order[to] = node;
}

static void improve(const struct chooser *chooser, uint32_t *order)
{
    bool gained = true;

    for (int round = 0; gained && round < MOVE_ROUNDS; round++) {
        gained = false;
        for (uint32_t at = 0; at < chooser->count; at++) {
            uint32_t to;
            if (best_move(chooser, order, at, &to) > 0) {
                move(order, at, to);
                gained = true;
            }
        }
    }
}

static uint64_t weigh(const struct chooser *chooser, const uint32_t *order)
{
    uint64_t against = 0;

    for (uint32_t i = 0; i < chooser->count; i++) {
        for (uint32_t j = 0; j < i; j++)
            against += weight_of(chooser, order[i], order[j]);
    }
    return against;
}

void order_choose(struct arena *arena, uint32_t node_count, const struct order_arc *arcs,
                  size_t arc_count, struct order_choice *choice)
{
    struct arena scratch;
    struct chooser chooser = {.scratch = &scratch, .count = node_count};

    arena_init(&scratch, arena->cap_bytes);
    chooser.weight = arena_alloc(&scratch, (size_t)node_count * node_count, sizeof *chooser.weight);
    for (size_t i = 0; i < arc_count; i++)
        chooser.weight[(size_t)arcs[i].from * node_count + arcs[i].to] += arcs[i].weight;
    *choice = (struct order_choice){
        .order = arena_alloc(arena, node_count, sizeof *choice->order),
        .is_exact = node_count <= ORDER_CHOICE_EXACT,
    };
    if (choice->is_exact) {
        choose_exactly(&chooser, choice);
    } else {
        peel(&chooser, choice->order);
        improve(&chooser, choice->order);
    }
    choice->against = weigh(&chooser, choice->order);
    arena_destroy(&scratch);
}
