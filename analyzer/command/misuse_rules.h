/* The value of --misuse: "-RULE,+RULE", words of trace/misuse.def, or "help". */
#ifndef UNKNOT_COMMAND_MISUSE_RULES_H
#define UNKNOT_COMMAND_MISUSE_RULES_H

#include <stdbool.h>
#include <stdio.h>

/* NULL, or rules that are all known; else false with one line on stderr. */
__attribute__((warn_unused_result)) bool misuse_rules_check(const char *command, const char *words);

/* The list of rules is asked for. */
bool misuse_rules_wanted(const char *words);

void misuse_rules_print(FILE *out);

#endif
