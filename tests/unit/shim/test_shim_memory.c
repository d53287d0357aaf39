/* Pools and carvers: records stay where they are, and nothing is handed out twice. */
#include "tests/unit/shim/random.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim/platform/memory.h"

enum { STEPS = 200000, MOST = 20000 };

struct record {
    uint32_t link, owner, owner_again;
};

static void a_pool_never_hands_out_a_record_in_use(void **state)
{
    static struct pool pool = POOL_INIT(struct record, 8);
    static uint32_t indexes[MOST];
    static struct record *places[MOST];
    struct random random = random_from(51);
    uint32_t count = 0, most = 0;
    (void)state;
    for (uint32_t i = 0; i < STEPS; i++) {
        random.step = i;
        if (count < MOST && random_below(&random, 10) < (i / 20000 % 2 ? 4u : 7u)) {
            uint32_t index = pool_alloc(&pool);
            assert_agrees(&random, index != 0);
            places[count] = pool_at(&pool, index);
            *places[count] = (struct record){0, index, ~index};
            indexes[count++] = index;
            most = count > most ? count : most;
        } else if (count) {
            uint32_t at = random_below(&random, count);
            struct record *record = pool_at(&pool, indexes[at]);
            assert_agrees(&random, record == places[at]); /* it has not moved */
            assert_agrees(&random,
                          record->owner == indexes[at] && record->owner_again == ~indexes[at]);
            pool_free(&pool, indexes[at]);
            indexes[at] = indexes[--count];
            places[at] = places[count];
        }
    }
    for (uint32_t at = 0; at < count; at++)
        assert_agrees(&random, places[at]->owner == indexes[at]);
    assert_true(most > 5000);
    assert_int_equal(pool.used, most); /* freed records come first */
}

static void fresh_records_are_zero_and_reused_ones_are_not(void **state)
{
    static struct pool pool = POOL_INIT(struct record, 4);
    (void)state;
    for (uint32_t i = 1; i <= 100; i++) {
        uint32_t index = pool_alloc(&pool);
        const struct record *record = pool_at(&pool, index);
        assert_int_equal(index, i);
        assert_true(record->link == 0 && record->owner == 0 && record->owner_again == 0);
    }
    ((struct record *)pool_at(&pool, 37))->owner = 5;
    pool_free(&pool, 37);
    assert_int_equal(pool_alloc(&pool), 37);
    assert_int_equal(((struct record *)pool_at(&pool, 37))->owner, 5);
}

static void a_pool_wiped_on_fork_is_zero_in_the_child(void **state)
{
    static struct pool kept = POOL_INIT(struct record, 4);
    static struct pool wiped = {
        .record_bytes = sizeof(struct record), .first_count = 4, .wipe_on_fork = true};
    int status;
    (void)state;
    struct record *mine = pool_at(&kept, pool_alloc(&kept));
    struct record *gone = pool_at(&wiped, pool_alloc(&wiped));
    mine->owner = gone->owner = 9;
    pid_t child = fork();
    if (child == 0)
        _exit(mine->owner == 9 && gone->owner == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(gone->owner, 9);
}

static void a_carver_gives_zeroed_aligned_blocks_of_any_size(void **state)
{
    enum { BLOCKS = 3000 };
    static struct {
        unsigned char *bytes;
        size_t size;
    } blocks[BLOCKS];
    struct carver carver = {0};
    struct random random = random_from(52);
    (void)state;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        size_t size = 1 + random_below(&random, i % 50 ? 700 : 200000);
        random.step = i;
        blocks[i].size = size;
        blocks[i].bytes = carver_alloc(&carver, size);
        assert_agrees(&random, blocks[i].bytes && (uintptr_t)blocks[i].bytes % 16 == 0);
        for (size_t at = 0; at < size; at++)
            assert_agrees(&random, blocks[i].bytes[at] == 0);
        memset(blocks[i].bytes, (int)(i % 251 + 1), size);
    }
    for (uint32_t i = 0; i < BLOCKS; i++) {
        random.step = i;
        assert_agrees(&random, blocks[i].bytes[0] == i % 251 + 1);
        assert_agrees(&random, blocks[i].bytes[blocks[i].size - 1] == i % 251 + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_never_hands_out_a_record_in_use),
        cmocka_unit_test(fresh_records_are_zero_and_reused_ones_are_not),
        cmocka_unit_test(a_pool_wiped_on_fork_is_zero_in_the_child),
        cmocka_unit_test(a_carver_gives_zeroed_aligned_blocks_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
