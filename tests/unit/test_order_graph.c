/* What is left of a lock-order graph: the edges that lie on cycles, all of them and no others. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/predict/order_graph.h"
#include "tests/support/analyzed.h"

enum { LOCKS = 12, CASES = 300 };

struct scene {
    bool edge[LOCKS][LOCKS], path[LOCKS][LOCKS];
    struct analyzed loaded;
    struct request_set set;
    struct order_graph graph;
};

static void build(struct scene *s, struct recording_builder *rec,
                  const struct order_graph_options *options)
{
    analyzed_load(&s->loaded, rec);
    recording_builder_free(rec);
    request_set_collect(&s->loaded.arena, &s->loaded.execution, &s->set);
    order_graph_build(&s->loaded.arena, &s->set, options, &s->graph);
}

/* Random edges, some by one request that holds two locks. */
static struct recording_builder *make_random(struct scene *s, unsigned *seed)
{
    struct recording_builder *rec = recording_builder_create();
    uint32_t thread = recording_thread(rec, NULL), locks[LOCKS];
    int count = rand_r(seed) % (2 * LOCKS);

    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < LOCKS; i++)
        locks[i] = recording_mutex(rec);
    for (int i = 0; i < count; i++) {
        uint32_t a = (uint32_t)rand_r(seed) % LOCKS, b = (uint32_t)rand_r(seed) % LOCKS;
        uint32_t c = (uint32_t)rand_r(seed) % LOCKS;
        if (a == b || b == c || a == c)
            continue;
        const struct trace_dependency_held held[] = {{.lock = locks[a]}, {.lock = locks[b]}};
        const struct trace_dependency dependency = {
            .thread = thread, .lock = locks[c], .held_count = (uint32_t)rand_r(seed) % 2 + 1};
        recording_dependency(rec, &dependency, held);
        s->edge[a][c] = true;
        if (dependency.held_count == 2)
            s->edge[b][c] = true;
    }
    return rec;
}

static void close_paths(struct scene *s)
{
    memcpy(s->path, s->edge, sizeof s->path);
    for (size_t k = 0; k < LOCKS; k++) {
        for (size_t i = 0; i < LOCKS; i++) {
            for (size_t j = 0; s->path[i][k] && j < LOCKS; j++)
                s->path[i][j] |= s->path[k][j];
        }
    }
}

static void keeps_exactly_the_edges_on_cycles(void **state)
{
    unsigned seed = 1;
    size_t kept = 0, dropped = 0;
    (void)state;

    for (size_t i = 0; i < CASES; i++) {
        static struct scene s;
        struct recording_builder *rec = make_random(&s, &seed);
        size_t expected = 0, edges = 0;
        build(&s, rec, &(struct order_graph_options){0});
        close_paths(&s);
        for (size_t a = 0; a < LOCKS; a++) {
            for (size_t b = 0; b < LOCKS; b++) {
                expected += s.edge[a][b] && s.path[b][a];
                edges += s.edge[a][b];
            }
        }
        assert_int_equal(s.graph.edge_count, expected);
        for (size_t e = 0; e < s.graph.edge_count; e++)
            assert_true(s.path[s.graph.edges[e].to][s.graph.edges[e].from]);
        kept += expected;
        dropped += edges - expected;
        analyzed_destroy(&s.loaded);
    }
    assert_true(kept > 0 && dropped > 0);
}

static void indexes_edges_by_both_ends(void **state)
{
    unsigned seed = 7;
    (void)state;

    for (size_t i = 0; i < CASES; i++) {
        static struct scene s;
        build(&s, make_random(&s, &seed), &(struct order_graph_options){0});
        const struct order_graph *graph = &s.graph;
        for (uint32_t node = 0; node < graph->node_count; node++) {
            for (size_t e = graph->first_out[node]; e < graph->first_out[node + 1]; e++)
                assert_int_equal(graph->edges[e].from, node);
            for (size_t e = graph->first_in[node]; e < graph->first_in[node + 1]; e++)
                assert_int_equal(graph->edges[graph->in_edges[e]].to, node);
        }
        assert_int_equal(graph->first_out[graph->node_count], graph->edge_count);
        assert_int_equal(graph->first_in[graph->node_count], graph->edge_count);
        analyzed_destroy(&s.loaded);
    }
}

/* A cycle a-b by two threads, and one through c and d by a single thread. */
static struct recording_builder *make_two_cycles(void)
{
    struct recording_builder *rec = recording_builder_create();
    uint32_t one = recording_thread(rec, NULL), two = recording_thread(rec, NULL);
    uint32_t a = recording_mutex(rec), b = recording_mutex(rec);
    uint32_t c = recording_mutex(rec), d = recording_mutex(rec);

    RECORDING_NEST(rec, one, a, b);
    RECORDING_NEST(rec, two, b, a);
    RECORDING_NEST(rec, one, c, d);
    RECORDING_NEST(rec, one, d, c);
    return rec;
}

static void prunes_cycles_of_one_thread_if_asked(void **state)
{
    struct scene s = {0};
    (void)state;

    build(&s, make_two_cycles(), &(struct order_graph_options){0});
    assert_int_equal(s.graph.edge_count, 4);
    analyzed_destroy(&s.loaded);
    build(&s, make_two_cycles(), &(struct order_graph_options){.across_threads = true});
    assert_int_equal(s.graph.edge_count, 2);
    assert_int_equal(s.graph.thread_count, 2);
    analyzed_destroy(&s.loaded);
}

static void an_empty_execution_has_an_empty_graph(void **state)
{
    struct scene s = {0};
    (void)state;

    build(&s, recording_builder_create(), &(struct order_graph_options){.across_threads = true});
    assert_int_equal(s.graph.node_count, 0);
    assert_int_equal(s.graph.edge_count, 0);
    analyzed_destroy(&s.loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_exactly_the_edges_on_cycles),
        cmocka_unit_test(indexes_edges_by_both_ends),
        cmocka_unit_test(prunes_cycles_of_one_thread_if_asked),
        cmocka_unit_test(an_empty_execution_has_an_empty_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
