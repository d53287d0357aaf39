#include "analyzer/suite/suite_order.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/predict/components.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/order_file.h"
#include "analyzer/suite/suite_execution.h"

struct order_pair {
    uint32_t from, to;
};

struct order_learned {
    struct arena *arena;
    const struct suite *suite;
    struct execution execution;
    struct request_set requests;
    const char **labels; /* sorted: a label's number is its position */
    uint32_t label_count;
    uint32_t *label_of_lock; /* by position of the lock */
    uint32_t *component;     /* by label */
    ARRAY(struct order_pair) pairs;
    uint32_t *level; /* by label: how many come before it at most, one before the other */
};

static int compare_labels(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void number_labels(struct order_learned *learned)
{
    const struct execution *execution = &learned->execution;
    size_t count = execution->lock_count;
    const char **labels = arena_alloc(learned->arena, count + 1, sizeof(const char *));

    for (size_t i = 0; i < count; i++)
        labels[i] = execution->locks[i].label;
    qsort(labels, count, sizeof(const char *), compare_labels);
    for (size_t i = 0; i < count; i++) {
        if (learned->label_count == 0 || strcmp(labels[learned->label_count - 1], labels[i]) != 0)
            labels[learned->label_count++] = labels[i];
    }
    learned->labels = labels;
    learned->label_of_lock = arena_alloc(learned->arena, count + 1, sizeof(uint32_t));
    for (size_t i = 0; i < count; i++) {
        const char **found = bsearch(&execution->locks[i].label, labels, learned->label_count,
                                     sizeof(const char *), compare_labels);
        learned->label_of_lock[i] = (uint32_t)(found - labels);
    }
}

static bool waits(const struct request *request)
{
    return (request->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED)) == 0;
}

static void find_components(struct order_learned *learned)
{
    struct arena *arena = learned->arena;
    struct order_relation relation = {
        .set = &learned->requests,
        .node_of_lock = learned->label_of_lock,
        .node_count = learned->label_count,
        .alive = arena_alloc(arena, learned->requests.request_count + 1, sizeof(bool)),
    };

    for (size_t i = 0; i < learned->requests.request_count; i++)
        relation.alive[i] = waits(&learned->requests.requests[i]);
    learned->component = arena_alloc(arena, learned->label_count + 1, sizeof(uint32_t));
    order_relation_index(arena, &relation);
    components_find(arena, &relation, learned->component);
}

static void collect_pairs(struct order_learned *learned)
{
    for (size_t i = 0; i < learned->requests.request_count; i++) {
        const struct request *request = &learned->requests.requests[i];
        uint32_t to = learned->label_of_lock[request->lock];
        for (uint32_t j = 0; j < request->held_count && waits(request); j++) {
            uint32_t from = learned->label_of_lock[request->held[j].lock];
            if (learned->component[from] != learned->component[to])
                *array_add(learned->arena, &learned->pairs) = (struct order_pair){from, to};
        }
    }
}

/* Lengthens levels until none is too short: there are no circles among the pairs, so that it takes
 * as many rounds as there are levels. */
static void find_levels(struct order_learned *learned)
{
    bool changed = true;

    learned->level = arena_alloc(learned->arena, learned->label_count + 1, sizeof(uint32_t));
    while (changed) {
        changed = false;
        for (size_t i = 0; i < learned->pairs.count; i++) {
            const struct order_pair *pair = &learned->pairs.items[i];
            if (learned->level[pair->to] <= learned->level[pair->from]) {
                learned->level[pair->to] = learned->level[pair->from] + 1;
                changed = true;
            }
        }
    }
}

static int compare_ends(const uint32_t *level, uint32_t left, uint32_t right)
{
    if (level[left] != level[right])
        return level[left] < level[right] ? -1 : 1;
    return left < right ? -1 : left > right;
}

static int compare_pairs(const void *left, const void *right, void *level)
{
    const struct order_pair *a = left, *b = right;
    int order = compare_ends(level, a->from, b->from);

    return order != 0 ? order : compare_ends(level, a->to, b->to);
}

static void write_pairs(FILE *out, struct order_learned *learned)
{
    const struct order_pair *last = NULL;

    if (learned->pairs.count != 0)
        qsort_r(learned->pairs.items, learned->pairs.count, sizeof *learned->pairs.items,
                compare_pairs, learned->level);
    for (size_t i = 0; i < learned->pairs.count; i++) {
        const struct order_pair *pair = &learned->pairs.items[i];
        if (last == NULL || last->from != pair->from || last->to != pair->to)
            fprintf(out, "%s" ORDER_FILE_BETWEEN "%s\n",
                    escape_terminal(learned->arena, learned->labels[pair->from]),
                    escape_terminal(learned->arena, learned->labels[pair->to]));
        last = pair;
    }
}

/* A comment for each component of more than one label. */
static void write_circles(FILE *out, const struct order_learned *learned)
{
    bool *is_told = arena_alloc(learned->arena, learned->label_count + 1, sizeof *is_told);

    for (uint32_t i = 0; i < learned->label_count; i++) {
        bool any = false;
        for (uint32_t j = i + 1; j < learned->label_count && !is_told[i]; j++) {
            if (learned->component[j] != learned->component[i])
                continue;
            if (!any)
                fprintf(out, "# taken in a circle, so without an order: %s",
                        escape_terminal(learned->arena, learned->labels[i]));
            any = is_told[j] = true;
            fprintf(out, ", %s", escape_terminal(learned->arena, learned->labels[j]));
        }
        fputs(any ? "\n" : "", out);
    }
}

void suite_order_write(FILE *out, const struct suite *suite)
{
    struct order_learned learned = {.arena = suite->arena, .suite = suite};

    suite_execution_make(suite->arena, suite, &learned.execution);
    request_set_collect(suite->arena, &learned.execution, &learned.requests);
    number_labels(&learned);
    find_components(&learned);
    collect_pairs(&learned);
    find_levels(&learned);
    fprintf(out,
            "# Lock orders of %zu recordings, learned by unknot. \"A before B\": a thread that\n"
            "# holds both acquires A first. Orders are chained. Edit as you like.\n",
            suite_count(suite, SUITE_RECORDING));
    write_pairs(out, &learned);
    write_circles(out, &learned);
}
