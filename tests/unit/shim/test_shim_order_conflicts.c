/* Conflicting lock orders at exit: groups against all-pairs reachability on random graphs. */
#include "tests/unit/shim/random.h"

#include <string.h>

#include "shim/core/chain_table.h"
#include "shim/core/order_graph.h"
#include "trace/format.h"

enum { NODES = 12, GRAPHS = 3000, RING = 20000 };

struct model {
    struct random random;
    bool reaches[NODES][NODES];
};

/* Locks 1 to NODES in a random chain; the edges it makes go to the model. */
static void add_chain(struct model *model)
{
    static const uint32_t modes[] = {0, 0, 0, TRACE_MODE_READ, TRACE_MODE_TRY, TRACE_MODE_TIMED};
    uint32_t held[4], count = 0, chain = 0, length = 2 + random_below(&model->random, 3);
    while (count < length) {
        uint32_t node = random_below(&model->random, NODES);
        uint32_t mode = modes[random_below(&model->random, 6)];
        chain = chain_table_enter(chain, node + 1, mode);
        assert_agrees(&model->random, chain != 0);
        for (uint32_t i = 0; i < count; i++) {
            if (!(mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED)))
                model->reaches[held[i]][node] = true;
        }
        held[count++] = node;
    }
}

static void close_over_paths(struct model *model)
{
    for (uint32_t via = 0; via < NODES; via++)
        for (uint32_t from = 0; from < NODES; from++)
            for (uint32_t to = 0; to < NODES; to++)
                model->reaches[from][to] |= model->reaches[from][via] && model->reaches[via][to];
}

static struct order_conflicts expected_conflicts(const struct model *model)
{
    struct order_conflicts expected = {0};
    for (uint32_t node = 0; node < NODES; node++) {
        uint32_t size = 1, lowest = node;
        for (uint32_t other = 0; other < NODES; other++) {
            if (other == node || !model->reaches[node][other] || !model->reaches[other][node])
                continue;
            size++;
            lowest = other < lowest ? other : lowest;
        }
        expected.locks += size > 1;
        expected.groups += size > 1 && lowest == node;
    }
    return expected;
}

static void agree_with_reachability(void **state)
{
    static struct model model;
    uint32_t with_two_groups = 0, without = 0;
    (void)state;
    model.random = random_from(31);
    for (uint32_t graph = 0; graph < GRAPHS; graph++) {
        model.random.step = graph;
        memset(model.reaches, 0, sizeof(model.reaches));
        for (uint32_t i = random_below(&model.random, 10); i; i--)
            add_chain(&model);
        close_over_paths(&model);
        struct order_conflicts expected = expected_conflicts(&model);
        struct order_conflicts told = order_graph_conflicts();
        assert_agrees(&model.random,
                      told.groups == expected.groups && told.locks == expected.locks);
        with_two_groups += expected.groups >= 2;
        without += expected.groups == 0;
        for (uint32_t node = 0; node < NODES; node++)
            chain_table_drop(node + 1, false);
    }
    assert_true(with_two_groups > 20 && without > 100);
}

/* As deep as a search can go: no recursion, one group. */
static void a_long_ring_is_one_group(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < RING; i++) {
        uint32_t chain = chain_table_enter(0, 1 + i, 0);
        assert_int_not_equal(chain_table_enter(chain, 1 + (i + 1) % RING, 0), 0);
    }
    struct order_conflicts found = order_graph_conflicts();
    assert_int_equal(found.groups, 1);
    assert_int_equal(found.locks, RING);
    chain_table_drop(1, false); /* opens the ring */
    found = order_graph_conflicts();
    assert_int_equal(found.groups, 0);
    assert_int_equal(found.locks, 0);
    for (uint32_t i = 0; i < RING; i++)
        chain_table_drop(1 + i, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_with_reachability),
        cmocka_unit_test(a_long_ring_is_one_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
