/* Rings of numbers: what starts elsewhere is the same, what goes another way is not. */
#include <stdbool.h>
#include "analyzer/base/ring_table.h"
#include "tests/unit/unit.h"

enum { LENGTH_MAX = 6, RINGS_MAX = 4000 };

struct ring {
    uint32_t numbers[LENGTH_MAX];
    size_t length;
};

static bool is_rotation(const struct ring *a, const struct ring *b)
{
    for (size_t start = 0; a->length == b->length && start < a->length; start++) {
        size_t same = 0;
        while (same < a->length && a->numbers[same] == b->numbers[(start + same) % a->length])
            same++;
        if (same == a->length)
            return true;
    }
    return false;
}

/* The next ring of numbers below 3, the short ones first. False after the last. */
static bool advance(struct ring *ring)
{
    for (size_t i = 0; i < ring->length; i++) {
        if (++ring->numbers[i] < 3)
            return true;
        ring->numbers[i] = 0;
    }
    return ++ring->length <= LENGTH_MAX;
}

static void numbers_agree_with_trying_every_rotation(void **state)
{
    static struct ring first[RINGS_MAX]; /* of each number */
    struct arena arena;
    struct ring_table table = {0};
    struct ring ring = {.length = 1};
    size_t count = 0;
    (void)state;

    arena_init(&arena, 0);
    do {
        size_t expected = 0;
        while (expected < count && !is_rotation(&first[expected], &ring))
            expected++;
        if (expected == count)
            first[count++] = ring;
        assert_int_equal(ring_table_number(&arena, &table, 7, ring.numbers, ring.length), expected);
        assert_int_equal(table.count, count);
    } while (advance(&ring));
    assert_true(count > 100);
    arena_destroy(&arena);
}

static void labels_tell_equal_rings_apart(void **state)
{
    struct arena arena;
    struct ring_table table = {0};
    (void)state;

    arena_init(&arena, 0);
    assert_int_equal(ring_table_number(&arena, &table, 1, (const uint32_t[]){4, 5}, 2), 0);
    assert_int_equal(ring_table_number(&arena, &table, 2, (const uint32_t[]){4, 5}, 2), 1);
    assert_int_equal(ring_table_number(&arena, &table, 1, (const uint32_t[]){5, 4}, 2), 0);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_agree_with_trying_every_rotation),
        cmocka_unit_test(labels_tell_equal_rings_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
