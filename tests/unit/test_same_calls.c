/* Which calls of a function have one target, on code as assemblers write it. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/misuse/same_calls.h"

#define START 0x1000u

/* call rel32 to `target` from `at`, an offset into the code. */
#define CALL(at, target)      0xe8, BYTES((uint32_t)((target) - (at)-5))
#define CALL_SLOT(at, target) 0xff, 0x15, BYTES((uint32_t)((target) - (at)-6))
#define BYTES(value)                                                                               \
    (uint8_t)(value), (uint8_t)((value) >> 8), (uint8_t)((value) >> 16), (uint8_t)((value) >> 24)
#define CALL_RDX 0xff, 0xd2
#define NOP      0x90

static const uint8_t bytes[] = {
    CALL(0, 0x100),       /* 0: returns to 5 */
    NOP,                  /* 5 */
    CALL(6, 0x200),       /* 6: to 11 */
    CALL(11, 0x100),      /* 11: to 16 */
    CALL_SLOT(16, 0x300), /* 16: to 22 */
    CALL_RDX,             /* 22: to 24 */
    CALL_SLOT(24, 0x300), /* 24: to 30 */
    CALL_RDX,             /* 30: to 32 */
    CALL(32, 0x100),      /* 32: to 37, of the next function */
};

static const struct code code = {.bytes = bytes, .start = START, .size = sizeof bytes};

static int set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, 0);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(*state);
    return 0;
}

static struct same_calls calls_like(struct arena *arena, uint64_t start, uint64_t end, uint64_t at)
{
    struct same_calls calls = {0};
    same_calls_find(arena, &code, START + start, START + end, START + at, &calls);
    return calls;
}

static void expect(struct arena *arena, uint64_t at, uint64_t first, uint64_t second)
{
    struct same_calls calls = calls_like(arena, 0, 32, at);
    assert_int_equal(calls.returns.count, second != 0 ? 2 : 1);
    assert_int_equal(calls.returns.items[0], START + first);
    if (second != 0) {
        assert_int_equal(calls.returns.items[1], START + second);
    }
}

static void calls_of_one_target_are_found_in_order(void **state)
{
    expect(*state, 16, 5, 16);
    expect(*state, 5, 5, 16);
    expect(*state, 11, 11, 0);
    expect(*state, 22, 22, 30);
    expect(*state, 32, 24, 32);
}

static void what_is_no_call_has_none(void **state)
{
    assert_int_equal(calls_like(*state, 0, 32, 6).returns.count, 0);
    assert_int_equal(calls_like(*state, 0, 32, 37).returns.count, 0);
}

static void a_function_outside_of_the_code_has_none(void **state)
{
    assert_int_equal(calls_like(*state, 0, sizeof bytes + 1, 5).returns.count, 0);
    assert_int_equal(calls_like(*state, 10, 5, 5).returns.count, 0);
    assert_int_equal(calls_like(*state, (uint64_t)-8, 32, 5).returns.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_of_one_target_are_found_in_order),
        cmocka_unit_test(what_is_no_call_has_none),
        cmocka_unit_test(a_function_outside_of_the_code_has_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
