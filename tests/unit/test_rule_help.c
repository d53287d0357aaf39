/* Every rule that a finding can have is explained, once. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/model/finding.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/rule_help.h"

static void every_misuse_rule_has_help_and_its_own_line(void **state)
{
    (void)state;
    for (uint32_t rule = MISUSE_NONE + 1; rule < MISUSE_RULES_END; rule++) {
        size_t index = rule_help_find(misuse_rule_word(rule));
        assert_true(index < rule_help_count());
        assert_string_equal(rule_help_get(index)->text, misuse_rule_text(rule));
    }
}

static void every_rule_of_a_deadlock_has_help(void **state)
{
    (void)state;
    struct trace_deadlock live = {.sort = 0};
    struct finding finding = {.kind = FINDING_LOCK_ORDER_CYCLE};
    assert_true(rule_help_find(rule_word(&finding)) < rule_help_count());
    finding.live = &live;
    for (uint32_t sort = TRACE_DEADLOCK_CYCLE; sort <= TRACE_DEADLOCK_EVERYONE; sort++) {
        live.sort = sort;
        assert_true(rule_help_find(rule_word(&finding)) < rule_help_count());
    }
}

static void sentences_have_no_full_stop_and_words_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_help_count(); i++) {
        const struct rule_help *rule = rule_help_get(i);
        const char *const sentences[] = {rule->text, rule->follow, rule->remedy};
        for (size_t j = 0; j < 3; j++) {
            assert_true(strlen(sentences[j]) > 0);
            assert_int_not_equal(sentences[j][strlen(sentences[j]) - 1], '.');
        }
        assert_int_equal(rule_help_find(rule->word), i);
    }
}

static void an_unknown_rule_has_no_remedy(void **state)
{
    (void)state;
    assert_string_equal(rule_help_remedy("no-such-rule"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_misuse_rule_has_help_and_its_own_line),
        cmocka_unit_test(every_rule_of_a_deadlock_has_help),
        cmocka_unit_test(sentences_have_no_full_stop_and_words_are_unique),
        cmocka_unit_test(an_unknown_rule_has_no_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
