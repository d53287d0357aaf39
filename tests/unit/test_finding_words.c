/* The words of a report: fixed by the JSON schema, so spelled out here once more. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/model/finding.h"

static void words_are_those_of_the_schema(void **state)
{
    (void)state;
    assert_string_equal(finding_kind_word(FINDING_LOCK_ORDER_CYCLE), "lock-order-cycle");
    assert_string_equal(finding_kind_word(FINDING_MISUSE), "misuse");
    assert_string_equal(confidence_word(CONFIDENCE_POSSIBLE), "possible");
    assert_string_equal(confidence_word(CONFIDENCE_HAPPENED), "happened");
    assert_string_equal(dismissal_word(DISMISSAL_SINGLE_THREAD), "single-thread");
    assert_string_equal(dismissal_word(DISMISSAL_GATE_LOCK), "gate-lock");
    assert_string_equal(dismissal_word(DISMISSAL_ORDERED), "ordered");
    assert_string_equal(dismissal_word(DISMISSAL_READERS), "readers");
    assert_string_equal(dismissal_word(DISMISSAL_TRYLOCK), "trylock");
    assert_string_equal(dismissal_word(DISMISSAL_TIMED), "timed");
}

static void every_dismissal_has_a_line_of_its_own(void **state)
{
    (void)state;
    for (enum dismissal i = 0; i < DISMISSAL_COUNT; i++) {
        assert_true(strlen(dismissal_text(i)) > 0);
        for (enum dismissal j = 0; j < i; j++)
            assert_string_not_equal(dismissal_text(i), dismissal_text(j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_the_schema),
        cmocka_unit_test(every_dismissal_has_a_line_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
