/* What each rule means, what may follow and what helps: rule_help.def and trace/misuse.def as one
 * list. Any thread; allocates nothing. */
#ifndef UNKNOT_REPORT_RULE_HELP_H
#define UNKNOT_REPORT_RULE_HELP_H

#include <stddef.h>

struct rule_help {
    const char *word;   /* as rule_word has it */
    const char *text;   /* what is wrong, one line */
    const char *follow; /* what may follow */
    const char *remedy; /* what helps */
};

size_t rule_help_count(void);
const struct rule_help *rule_help_get(size_t index);
/* The index of the rule; rule_help_count() if none is called that. */
size_t rule_help_find(const char *word);

/* What helps against findings of this rule; "" for one that is not known. */
const char *rule_help_remedy(const char *word);

/* The same by why nobody wakes a thread (cause.h); NULL for a word that is none. */
const char *rule_help_cause(const char *word);

#endif
