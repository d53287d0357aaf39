/* What a report says of a fix that was applied to the running program: one line. */
#include "analyzer/report/applied_fix.h"
#include "tests/unit/unit.h"

static const struct applied_fix two = {.kind = TRACE_FIX_MERGE,
                                       .name = "lock_A + lock_B",
                                       .plan = "heal.conf",
                                       .locks = 2,
                                       .acquisitions = 1204};

static void assert_told(const struct applied_fix *fix, const char *expected)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_string_equal(applied_fix_text(&arena, fix), expected);
    arena_destroy(&arena);
}

static void tells_what_locks_were(void **state)
{
    struct applied_fix fix = two;
    (void)state;
    assert_told(&fix, "with fix merge 'lock_A + lock_B' of heal.conf: 2 locks were one recursive "
                      "lock; 1,204 acquisitions");
    fix.kind = TRACE_FIX_GATE;
    fix.acquisitions = 1;
    assert_told(&fix, "with fix gate 'lock_A + lock_B' of heal.conf: 2 locks had one gate before "
                      "them; 1 acquisition");
    fix.kind = TRACE_FIX_RECURSIVE;
    fix.locks = 1;
    fix.acquisitions = 12000007;
    assert_told(&fix, "with fix recursive 'lock_A + lock_B' of heal.conf: 1 lock was recursive; "
                      "12,000,007 acquisitions by who had it already");
}

static void tells_that_nothing_matched(void **state)
{
    struct applied_fix fix = two;
    (void)state;
    fix.locks = 0;
    assert_told(&fix, "with fix merge 'lock_A + lock_B' of heal.conf: no lock of the program "
                      "matched it");
}

static void tells_what_was_left_and_held(void **state)
{
    struct applied_fix fix = two;
    (void)state;
    fix.left = 1;
    fix.waits = 3;
    assert_told(&fix, "with fix merge 'lock_A + lock_B' of heal.conf: 2 locks were one recursive "
                      "lock; 1,204 acquisitions; it was held in 3 waits for a condition; 1 lock "
                      "left, of a kind that it cannot be done with, or in use when first seen");
    fix.locks = 0;
    assert_told(&fix, "with fix merge 'lock_A + lock_B' of heal.conf: nothing was changed; 1 lock "
                      "left, of a kind that it cannot be done with, or in use when first seen");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_locks_were),
        cmocka_unit_test(tells_that_nothing_matched),
        cmocka_unit_test(tells_what_was_left_and_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
