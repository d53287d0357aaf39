/* The search for a circle of waits, on random graphs, against reachability worked out in full. */
#include "tests/unit/shim/random.h"

#include <string.h>

#include "shim/core/wait_search.h"

enum { MOST_THREADS = 200, GRAPHS = 4000 };

/* waits[a][b]: a waits for b; waits[a][0]: for a thread that is gone. */
struct model {
    struct random random;
    uint32_t threads;
    bool waits[MOST_THREADS + 1][MOST_THREADS + 1];
    bool reaches[MOST_THREADS + 1]; /* from the start, by a way of one wait or more */
};

static void tell(uint32_t thread, struct wait_search *search, void *context)
{
    const struct model *model = context;
    for (uint32_t other = model->threads + 1; other-- > 0;) {
        if (model->waits[thread][other])
            wait_search_add(search, other);
    }
}

/* Few waits each, so that both answers are common. */
static void make_graph(struct model *model)
{
    model->threads =
        1 + random_below(&model->random, random_once_in(&model->random, 4) ? MOST_THREADS : 12);
    memset(model->waits, 0, sizeof(model->waits));
    uint32_t waits = random_below(&model->random, model->threads * 2 + 1);
    for (uint32_t i = 0; i < waits; i++) {
        uint32_t from = 1 + random_below(&model->random, model->threads);
        uint32_t to = 1 + random_below(&model->random, model->threads);
        model->waits[from][random_once_in(&model->random, 50) ? 0 : to] = true;
    }
}

/* A chain through all threads, so long that the small room does not do. */
static void make_ring(struct model *model, uint32_t threads)
{
    model->threads = threads;
    memset(model->waits, 0, sizeof(model->waits));
    for (uint32_t i = 1; i <= threads; i++)
        model->waits[i][i % threads + 1] = true;
}

static bool spread(struct model *model, uint32_t from)
{
    bool more = false;
    for (uint32_t to = 0; to <= model->threads; to++) {
        more |= model->waits[from][to] && !model->reaches[to];
        model->reaches[to] |= model->waits[from][to];
    }
    return more;
}

static bool has_an_end(struct model *model, uint32_t start)
{
    bool more = true;
    memset(model->reaches, 0, sizeof(model->reaches));
    spread(model, start);
    while (more) {
        more = false;
        for (uint32_t i = 1; i <= model->threads; i++)
            more |= model->reaches[i] && spread(model, i);
    }
    return model->reaches[start] || model->reaches[0];
}

static void check_way(const struct model *model, const struct wait_search *search)
{
    uint32_t length = wait_search_length(search), last = wait_search_thread(search, length - 1);
    assert_agrees(&model->random, wait_search_thread(search, 0) == search->start);
    for (uint32_t i = 0; i + 1 < length; i++)
        assert_agrees(
            &model->random,
            model->waits[wait_search_thread(search, i)][wait_search_thread(search, i + 1)]);
    assert_agrees(&model->random, search->is_closed != search->ends_in_gone);
    assert_agrees(&model->random, model->waits[last][search->is_closed ? search->start : 0]);
}

static bool search_from(struct model *model, uint32_t start)
{
    struct wait_search search = {
        .start = start, .threads = model->threads, .waits_for = tell, .context = model};
    bool found = wait_search_run(&search);
    assert_agrees(&model->random, found == has_an_end(model, start));
    if (found)
        check_way(model, &search);
    wait_search_end(&search);
    return found;
}

static void agrees_with_reachability(void **state)
{
    static struct model model;
    uint32_t found = 0;
    (void)state;
    model.random = random_from(5);
    for (uint32_t i = 0; i < GRAPHS; i++) {
        model.random.step = i;
        make_graph(&model);
        found += search_from(&model, 1 + random_below(&model.random, model.threads));
    }
    assert_in_range(found, GRAPHS / 10, GRAPHS * 9 / 10);
}

static void follows_long_rings(void **state)
{
    static struct model model;
    (void)state;
    model.random = random_from(6);
    for (uint32_t threads = 1; threads <= MOST_THREADS; threads++) {
        make_ring(&model, threads);
        assert_true(search_from(&model, threads));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_reachability),
        cmocka_unit_test(follows_long_rings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
