/* The rule that a finding breaks: one word, as reports, suppressions and baselines have it. Any
 * thread; allocates nothing. */
#ifndef UNKNOT_REPORT_RULE_H
#define UNKNOT_REPORT_RULE_H

#include "analyzer/model/finding.h"

/* Of a misuse or hazard its rule, of a deadlock that happened what sort of one ("circle",
 * "everyone-blocked"), else the kind. */
const char *rule_word(const struct finding *finding);

#endif
