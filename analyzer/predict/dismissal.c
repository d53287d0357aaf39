#include "analyzer/predict/dismissal.h"

static bool assign_under(struct pattern *judge, unsigned rules, size_t count)
{
    judge->rules = rules;
    return pattern_assign(judge, count, true);
}

/* The rules that the choice in judge->parts breaks. */
static unsigned broken_rules(const struct pattern *judge, size_t count)
{
    struct breach breach;
    unsigned broken = 0;

    budget_charge(judge->budget, (uint64_t)DISMISSAL_COUNT * count * count);
    for (enum dismissal reason = 0; reason < DISMISSAL_COUNT; reason++) {
        if (pattern_breaks(judge, count, reason, &breach))
            broken |= PATTERN_RULE(reason);
    }
    return broken;
}

/* Leaves a choice in judge->parts; returns the rules it breaks, or 0 if the budget is spent. */
static unsigned choose_breach(struct pattern *judge, size_t count)
{
    if (!assign_under(judge, 0, count))
        return 0;
    unsigned broken = broken_rules(judge, count);
    if ((broken & (broken - 1)) == 0)
        return broken;
    for (enum dismissal reason = 0; reason < DISMISSAL_COUNT; reason++) {
        if (assign_under(judge, PATTERN_ALL_RULES & ~PATTERN_RULE(reason), count))
            return PATTERN_RULE(reason);
    }
    return assign_under(judge, 0, count) ? broken : 0;
}

bool dismissal_find(struct pattern *judge, size_t count, enum dismissal *reason,
                    struct breach *breach)
{
    if (assign_under(judge, PATTERN_ALL_RULES, count))
        return false;
    unsigned broken = choose_breach(judge, count);
    /* A search cut short proves nothing. */
    if (broken == 0 || budget_is_spent(judge->budget))
        return false;
    *reason = (enum dismissal)__builtin_ctz(broken);
    return pattern_breaks(judge, count, *reason, breach);
}
