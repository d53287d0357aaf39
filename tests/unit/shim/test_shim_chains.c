/* Chains of held locks, as all threads and as one thread knows them, against a naive list. */
#include "tests/unit/shim/random.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shim/core/chain_table.h"

enum { CHAINS = 60000, PLACES = 12, SITES = 3, STEPS = 40000 };

struct expected_chain {
    uint32_t parent, lock, site_mode; /* parent: number, which is the id */
    bool live, seen;
};

struct model {
    struct random random;
    struct expected_chain chains[CHAINS]; /* by id */
    uint32_t last;
    uint32_t lock_of_place[PLACES], last_lock;
    struct seen_chains seen;
    uint32_t again, refused, dropped;
};

static bool is_live(uint32_t parent, uint32_t lock, uint32_t site_mode, uint32_t id)
{
    const struct seen_chain entry = {
        .parent_lock = (uint64_t)parent << 32 | lock, .site_mode = site_mode, .chain = id};
    return chain_table_is_live(&entry);
}

static uint32_t find(const struct model *model, uint32_t parent, uint32_t lock, uint32_t site)
{
    for (uint32_t id = model->last; id; id--) {
        const struct expected_chain *chain = &model->chains[id];
        if (chain->live && chain->parent == parent && chain->lock == lock &&
            chain->site_mode == site)
            return id;
    }
    return 0;
}

/* A chain of the last few, dead or live; 0 now and then. */
static uint32_t some_chain(struct model *model)
{
    uint32_t recent = model->last < 60 ? model->last : 60;
    uint32_t back = random_below(&model->random, recent + 1);
    return back == recent || random_once_in(&model->random, 5) ? 0 : model->last - back;
}

static void enter(struct model *model)
{
    uint32_t parent = some_chain(model);
    uint32_t lock = model->lock_of_place[random_below(&model->random, PLACES)];
    uint32_t site = random_below(&model->random, SITES) << 4;
    uint32_t known = find(model, parent, lock, site);
    uint32_t id = chain_table_enter(parent, lock, site);
    if (parent && !model->chains[parent].live) {
        assert_agrees(&model->random, id == 0);
        model->refused++;
    } else if (known) {
        assert_agrees(&model->random, id == known);
        model->again++;
    } else {
        assert_agrees(&model->random, id == model->last + 1 && id < CHAINS);
        model->chains[id] = (struct expected_chain){parent, lock, site, true, false};
        model->last = id;
    }
}

/* One's own set: what was added is found while it lives; a dead chain may be forgotten. */
static void look_up_and_add(struct model *model)
{
    uint32_t id = some_chain(model);
    struct expected_chain *chain = &model->chains[id];
    if (!id)
        return;
    uint32_t found = seen_chains_find(&model->seen, chain->parent, chain->lock, chain->site_mode);
    assert_agrees(&model->random, found == id || (found == 0 && !(chain->seen && chain->live)));
    assert_agrees(&model->random, found == 0 || chain->seen);
    uint32_t first =
        seen_chains_find_first(&model->seen, chain->parent, chain->lock, chain->site_mode);
    assert_agrees(&model->random, first == found); /* finding it moved it to its first place */
    if (found)
        return;
    assert_agrees(&model->random, seen_chains_add(&model->seen, chain->parent, chain->lock,
                                                  chain->site_mode, id, chain_table_is_live));
    chain->seen = true;
}

static bool holds(const struct model *model, uint32_t id, uint32_t lock)
{
    for (; id; id = model->chains[id].parent) {
        if (model->chains[id].lock == lock)
            return true;
    }
    return false;
}

static void drop(struct model *model)
{
    uint32_t place = random_below(&model->random, PLACES);
    for (uint32_t id = 1; id <= model->last; id++)
        model->chains[id].live &= !holds(model, id, model->lock_of_place[place]);
    chain_table_drop(model->lock_of_place[place], false);
    model->lock_of_place[place] = ++model->last_lock;
    model->dropped++;
}

static void compare_all(struct model *model)
{
    for (uint32_t id = 1; id <= model->last; id++) {
        const struct expected_chain *chain = &model->chains[id];
        assert_agrees(&model->random,
                      is_live(chain->parent, chain->lock, chain->site_mode, id) == chain->live);
        uint32_t found =
            seen_chains_find(&model->seen, chain->parent, chain->lock, chain->site_mode);
        assert_agrees(&model->random, !(chain->seen && chain->live) || found == id);
        assert_agrees(&model->random, found == 0 || (found == id && chain->seen));
    }
}

struct edges {
    uint64_t count, sum;
};

static void add_edge(uint32_t held, uint32_t requested, void *context)
{
    struct edges *edges = context;
    edges->count++;
    edges->sum += (uint64_t)held * 1000003 + requested;
}

static void compare_edges(struct model *model)
{
    struct edges told = {0}, expected = {0};
    chain_table_each_edge(add_edge, &told);
    for (uint32_t id = 1; id <= model->last; id++) {
        uint32_t parent = model->chains[id].live ? model->chains[id].parent : 0;
        for (; parent; parent = model->chains[parent].parent)
            add_edge(model->chains[parent].lock, model->chains[id].lock, &expected);
    }
    assert_agrees(&model->random, told.count == expected.count && told.sum == expected.sum);
}

static void agree_with_a_list(void **state)
{
    static struct model model;
    (void)state;
    model.random = random_from(21);
    seen_chains_init(&model.seen);
    for (uint32_t place = 0; place < PLACES; place++)
        model.lock_of_place[place] = ++model.last_lock;
    for (uint32_t i = 0; i < STEPS; i++) {
        model.random.step = i;
        uint32_t choice = random_below(&model.random, 200);
        if (choice < 100)
            enter(&model);
        else if (choice < 199)
            look_up_and_add(&model);
        else
            drop(&model);
        if (i % 4000 == 0) {
            compare_all(&model);
            compare_edges(&model);
        }
    }
    compare_all(&model);
    assert_true(model.again > 100 && model.refused > 100 && model.dropped > 100);
    seen_chains_clear(&model.seen);
    for (uint32_t id = 1; id <= model.last; id++)
        model.chains[id].seen = false;
    compare_all(&model);
    seen_chains_destroy(&model.seen);
    compare_all(&model);
    for (uint32_t place = 0; place < PLACES; place++)
        chain_table_drop(model.lock_of_place[place], false);
}

static void dropping_a_lock_ends_every_chain_through_it(void **state)
{
    enum { LENGTH = 5000 };
    static uint32_t chains[LENGTH + 1];
    struct edges edges = {0};
    (void)state;
    for (uint32_t i = 1; i <= LENGTH; i++)
        chains[i] = chain_table_enter(chains[i - 1], 100000 + i, 0);
    assert_int_not_equal(chains[LENGTH], 0);
    chain_table_drop(100000 + LENGTH / 2, false);
    for (uint32_t i = 1; i <= LENGTH; i++) {
        assert_int_equal(is_live(chains[i - 1], 100000 + i, 0, chains[i]), i < LENGTH / 2);
    }
    assert_int_equal(chain_table_enter(chains[LENGTH], 1, 0), 0);
    chain_table_drop(100001, false);
    chain_table_each_edge(add_edge, &edges);
    assert_int_equal(edges.count, 0);
}

static long resident_pages(void)
{
    long size, resident;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident;
}

static void memory_stays_flat_while_locks_come_and_go(void **state)
{
    enum { LOCKS = 1000000, LASTING = 5, WARM = 50000 };
    struct seen_chains seen;
    long warm = 0;
    (void)state;
    seen_chains_init(&seen);
    assert_int_not_equal(chain_table_enter(0, 1, 0), 0); /* something stays, as in a program */
    for (uint32_t i = 1; i <= LOCKS; i++) {
        uint32_t lock = 200000 + i;
        uint32_t first = chain_table_enter(0, lock, 0);
        uint32_t second = chain_table_enter(first, 1 + i % LASTING, 0);
        assert_true(first && second && first != second);
        assert_true(seen_chains_add(&seen, first, 1 + i % LASTING, 0, second, chain_table_is_live));
        assert_int_equal(seen_chains_find(&seen, first, 1 + i % LASTING, 0), second);
        chain_table_drop(lock, false);
        if (i == WARM)
            warm = resident_pages();
    }
    assert_true(resident_pages() - warm < 256); /* 1 MiB; a leaked chain each would be 130 */
    assert_true(seen.shift >= 64 - 8);          /* dead chains do not make the set grow */
    seen_chains_destroy(&seen);
}

/* Entries are found across growth, whatever their hashes. */
static void a_growing_set_keeps_what_lives(void **state)
{
    struct seen_chains seen;
    (void)state;
    seen_chains_init(&seen);
    for (uint32_t i = 1; i <= 20000; i++) {
        uint32_t chain = chain_table_enter(0, 5000000 + i, i % 7);
        assert_true(seen_chains_add(&seen, 0, 5000000 + i, i % 7, chain, chain_table_is_live));
        if (i % 2)
            chain_table_drop(5000000 + i, false);
    }
    for (uint32_t i = 2; i <= 20000; i += 2)
        assert_int_not_equal(seen_chains_find(&seen, 0, 5000000 + i, i % 7), 0);
    assert_true(seen.used < 20000); /* the dead were left behind */
    seen_chains_destroy(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_with_a_list),
        cmocka_unit_test(dropping_a_lock_ends_every_chain_through_it),
        cmocka_unit_test(memory_stays_flat_while_locks_come_and_go),
        cmocka_unit_test(a_growing_set_keeps_what_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
