#include "analyzer/report/rule.h"

static const char *const sort_words[] = {
    [TRACE_DEADLOCK_CYCLE] = "circle",
    [TRACE_DEADLOCK_SELF] = "self-deadlock",
    [TRACE_DEADLOCK_OWNER_GONE] = "owner-gone",
    [TRACE_DEADLOCK_NOT_FORKED] = "owner-not-forked",
    [TRACE_DEADLOCK_EVERYONE] = "everyone-blocked",
};

const char *rule_word(const struct finding *finding)
{
    if (finding->told != NULL) {
        return finding->told->rule;
    }
    if (finding->rule != FINDING_RULE_NONE) {
        return finding_rule_word(finding->rule);
    }
    if (finding->misuse != NULL) {
        return misuse_rule_word(finding->misuse->rule);
    }
    uint32_t sort = finding->live != NULL ? finding->live->sort : 0;
    bool known = sort != 0 && sort < sizeof sort_words / sizeof sort_words[0];
    return known ? sort_words[sort] : finding_kind_word(finding->kind);
}
