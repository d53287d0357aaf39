/* The table of lock instances and the bitmap of pages that hold them, against a naive list. */
#include "tests/unit/shim/random.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "shim/core/lock_pages.h"
#include "shim/core/lock_table.h"

enum { PLACES = 6000, SPACING = 96, PAGES_MOST = 4096, STEPS = 60000 };

/* Only addresses: nothing is read there. Even places lie in order across the border of two leaves
 * of the bitmap; odd ones are picked so that their first slots are the same few, the last of the
 * table among them. */
static uintptr_t addresses[PLACES];

static bool is_crowded_slot(uintptr_t address)
{
    return (lock_table_hash(address) >> 48) % 256 >= 254;
}

static void choose_addresses(void)
{
    uintptr_t regular = 0x3ffc0000u, crowded = 0x7fff00000000u;
    for (uint32_t place = 0; place < PLACES; place += 2) {
        addresses[place] = regular += 2 * SPACING;
        do
            crowded += 8;
        while (!is_crowded_slot(crowded));
        addresses[place + 1] = crowded;
    }
}

static const void *at(uint32_t place)
{
    return (const void *)addresses[place];
}

struct model {
    struct random random;
    uint32_t ids[PLACES]; /* 0: none */
    uint32_t marks[PLACES];
    uint32_t last_serial;
    uint32_t live;
};

static struct lock_birth birth_of(struct random *random)
{
    static const uint16_t flags[] = {0, TRACE_LOCK_ROBUST, TRACE_LOCK_WRITER_QUEUES,
                                     TRACE_LOCK_RECURSIVE};
    return (struct lock_birth){.kind = TRACE_LOCK_MUTEX,
                               .flags = flags[random_below(random, 4)],
                               .stack = random_below(random, 1000),
                               .thread = 1 + random_below(random, 9)};
}

static void expect_new(struct model *model, uint32_t place, uint32_t id, uint16_t flags)
{
    bool special = flags & (TRACE_LOCK_ROBUST | TRACE_LOCK_WRITER_QUEUES);
    assert_agrees(&model->random, !(id & LOCK_ID_SPECIAL) == !special);
    assert_agrees(&model->random, (id & LOCK_ID_SERIAL) == model->last_serial + 1);
    assert_agrees(&model->random, !(id & LOCK_ID_ROBUST) == !(flags & TRACE_LOCK_ROBUST));
    assert_agrees(&model->random,
                  !(id & LOCK_ID_RECORD_ALWAYS) == !(flags & TRACE_LOCK_WRITER_QUEUES));
    model->last_serial++;
    model->live += model->ids[place] == 0;
    model->ids[place] = id;
    model->marks[place] = 0;
}

static void enter(struct model *model, uint32_t place)
{
    struct lock_birth birth = birth_of(&model->random);
    uint32_t id = lock_table_enter(at(place), &birth);
    struct lock_entry entry;
    if (model->ids[place]) {
        assert_agrees(&model->random, id == model->ids[place]);
        return;
    }
    expect_new(model, place, id, birth.flags);
    assert_agrees(&model->random, lock_table_get(at(place), id, &entry));
    assert_agrees(&model->random, entry.first_stack == birth.stack && entry.init_stack == 0 &&
                                      entry.first_thread == birth.thread);
}

static void create(struct model *model, uint32_t place)
{
    struct lock_birth birth = birth_of(&model->random);
    struct lock_entry entry;
    uint32_t old = model->ids[place];
    lock_table_create(at(place), &birth);
    uint32_t id = lock_table_find(at(place));
    expect_new(model, place, id, birth.flags);
    assert_agrees(&model->random, !old || !lock_table_get(at(place), old, &entry));
    assert_agrees(&model->random, lock_table_get(at(place), id, &entry));
    assert_agrees(&model->random, entry.init_stack == birth.stack && entry.first_stack == 0 &&
                                      entry.init_thread == birth.thread);
}

static void forget(struct model *model, uint32_t place)
{
    model->live -= model->ids[place] != 0;
    model->ids[place] = 0;
}

static void retire_range(struct model *model)
{
    uint32_t first = random_below(&model->random, PLACES);
    uint32_t count =
        1 + random_below(&model->random, random_once_in(&model->random, 50) ? 4000 : 40);
    uintptr_t start = (uintptr_t)at(first) + random_below(&model->random, 2);
    uintptr_t end = start + (uintptr_t)count * SPACING - random_below(&model->random, 2);
    lock_table_retire_range(start, end);
    for (uint32_t place = 0; place < PLACES; place++) {
        if ((uintptr_t)at(place) >= start && (uintptr_t)at(place) < end)
            forget(model, place);
    }
}

static void mark(struct model *model, uint32_t place)
{
    static const uint16_t kinds[] = {TRACE_MARK_OTHER_THREAD, TRACE_MARK_PROVED};
    uint16_t marks = kinds[random_below(&model->random, 2)];
    uint32_t id = model->ids[place];
    struct lock_entry before = {0};
    bool first = lock_table_mark(at(place), marks, &before);
    assert_agrees(&model->random, first == (id && !(model->marks[place] & marks)));
    assert_agrees(&model->random, !first || before.id == id);
    if (id)
        model->marks[place] |= marks;
}

static void look(struct model *model)
{
    uint32_t first = random_below(&model->random, PLACES);
    uintptr_t start = (uintptr_t)at(first), lowest = UINTPTR_MAX;
    uintptr_t end = start + 1 + random_below(&model->random, 200 * SPACING);
    for (uint32_t place = 0; place < PLACES; place++) {
        uintptr_t address = (uintptr_t)at(place);
        if (model->ids[place] && address >= start && address < end && address < lowest)
            lowest = address;
    }
    assert_agrees(&model->random, lock_table_lowest(start, end) == lowest);
    assert_agrees(&model->random, lowest == UINTPTR_MAX || lock_table_may_hold(start, end));
    assert_agrees(&model->random,
                  !model->ids[first] ||
                      !lock_pages_none_near(start - random_below(&model->random, LOCK_PAGE_BYTES)));
}

/* Every lock is found, nothing else is, and the bitmap has exactly the pages that hold some. */
static void compare_all(struct model *model)
{
    for (uint32_t place = 0; place < PLACES; place++) {
        uint32_t first = lock_table_find_first(at(place));
        assert_agrees(&model->random, lock_table_find(at(place)) == model->ids[place]);
        assert_agrees(&model->random, first == 0 || first == model->ids[place]);
    }
    for (uint32_t parity = 0; parity < 2; parity++) {
        static bool holds[PAGES_MOST];
        uintptr_t start = addresses[parity] & ~(uintptr_t)4095;
        memset(holds, 0, sizeof(holds));
        for (uint32_t place = parity; place < PLACES; place += 2) {
            size_t page = (addresses[place] - start) / 4096;
            assert_true(page < PAGES_MOST);
            holds[page] |= model->ids[place] != 0;
        }
        for (uintptr_t page = 0; page < PAGES_MOST; page++)
            assert_agrees(&model->random,
                          lock_table_may_hold(start + page * 4096, start + page * 4096 + 4096) ==
                              holds[page]);
    }
}

static void step(struct model *model)
{
    /* Half the time many more come than go, half the other way: growth, and long removals. */
    bool growing = model->random.step / 5000 % 2 == 0;
    uint32_t place = random_below(&model->random, PLACES);
    uint32_t choice = random_below(&model->random, 100);
    if (choice < (growing ? 70u : 20u))
        enter(model, place);
    else if (choice < (growing ? 78u : 28u))
        create(model, place);
    else if (choice < 90) {
        lock_table_retire(at(place));
        forget(model, place);
    } else if (choice < 92 && !(growing && choice == 91))
        retire_range(model);
    else if (choice < 96)
        mark(model, place);
    else
        look(model);
    assert_agrees(&model->random, lock_table_find(at(place)) == model->ids[place]);
}

static void agrees_with_a_list(void **state)
{
    static struct model model;
    uint32_t most = 0;
    (void)state;
    assert_false(lock_table_any());
    choose_addresses();
    model.random = random_from(1);
    for (uint32_t i = 0; i < STEPS; i++) {
        model.random.step = i;
        step(&model);
        most = model.live > most ? model.live : most;
        if (i % 2500 == 0)
            compare_all(&model);
    }
    compare_all(&model);
    assert_true(most > 1500); /* grown twice at least, or the test says little */
    assert_true(lock_table_any());
    lock_table_retire_range(0, (uintptr_t)1 << 47);
    memset(model.ids, 0, sizeof(model.ids));
    compare_all(&model);
    for (uintptr_t page = 0; page < LOCK_PAGES_IN_LEAF; page++)
        assert_true(lock_pages_none_near(page << LOCK_PAGE_SHIFT));
    assert_true(lock_pages_none_inside(0, (uintptr_t)LOCK_LINES << LOCK_LINE_SHIFT));
}

static void memory_stays_flat_when_locks_come_and_go(void **state)
{
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX};
    uint32_t distinct_pages = 0;
    uint64_t shift = lock_slots.shift; /* as the model test left it */
    (void)state;
    for (uint32_t i = 0; i < 300000; i++) {
        const void *object = (const void *)(uintptr_t)(0x100000000u + (uintptr_t)i * 4096);
        assert_int_not_equal(lock_table_enter(object, &birth), 0);
        distinct_pages += lock_table_may_hold((uintptr_t)object, (uintptr_t)object + 8);
        lock_table_retire(object);
        assert_false(lock_table_may_hold((uintptr_t)object, (uintptr_t)object + 8));
    }
    assert_int_equal(distinct_pages, 300000);
    assert_int_equal(lock_slots.shift, shift);
}

static void addresses_outside_user_space_are_refused(void **state)
{
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX};
    const void *object = (const void *)(uintptr_t)0x800000000000u;
    (void)state;
    assert_int_equal(lock_table_enter(object, &birth), 0);
    assert_int_equal(lock_table_find(object), 0);
    assert_false(lock_table_may_hold((uintptr_t)object, (uintptr_t)object + 64));
}

static void a_fork_child_knows_older_locks(void **state)
{
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX, .flags = TRACE_LOCK_ROBUST};
    (void)state;
    uint32_t before = lock_table_enter(at(0), &birth);
    lock_table_after_fork();
    uint32_t after = lock_table_enter(at(1), &birth);
    assert_true(lock_table_is_inherited(before));
    assert_false(lock_table_is_inherited(after));
    assert_int_equal(lock_table_find(at(0)), before);
}

static void meet(struct lock_entry *entry, void *context)
{
    (void)context;
    entry->marks &= (uint16_t)~LOCK_MARK_UNMET;
}

/* From here on every new lock is watched: the last of the tests. */
static void a_watched_lock_keeps_its_id_and_goes_the_slow_way(void **state)
{
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX};
    const struct lock_birth other = {.kind = TRACE_LOCK_STREAM};
    (void)state;
    uint32_t old = lock_table_enter(at(2), &birth);
    assert_int_equal(lock_table_find_first(at(2)), old);
    lock_table_watch_all();
    uint32_t new = lock_table_enter(at(4), &birth), unwatched = lock_table_enter(at(6), &other);
    assert_true((int32_t)lock_table_find_first(at(2)) < 0);
    assert_true((int32_t)lock_table_find_first(at(4)) < 0);
    assert_int_equal(lock_table_find_first(at(6)), unwatched);
    assert_int_equal(lock_table_find(at(2)), old);
    assert_int_equal(lock_table_find(at(4)), new);
    assert_int_equal(lock_table_marks(at(2)), LOCK_MARK_UNMET);
    lock_table_change(at(2), old, meet, NULL);
    lock_table_change(at(4), old, meet, NULL); /* not that instance */
    assert_int_equal(lock_table_find_first(at(2)), old);
    assert_int_equal(lock_table_marks(at(4)), LOCK_MARK_UNMET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_list),
        cmocka_unit_test(memory_stays_flat_when_locks_come_and_go),
        cmocka_unit_test(addresses_outside_user_space_are_refused),
        cmocka_unit_test(a_fork_child_knows_older_locks),
        cmocka_unit_test(a_watched_lock_keeps_its_id_and_goes_the_slow_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
