#include "analyzer/report/rule_help.h"

#include <string.h>

#define MISUSE_RULE(number, NAME, name, on, line)                                                  \
    static const char word_##NAME[] = name, text_##NAME[] = line;
#include "trace/misuse.def"
#undef MISUSE_RULE

static const struct rule_help rules[] = {
#define RULE_HELP(word, text, follow, remedy) {word, text, follow, remedy},
#define MISUSE_HELP(NAME, follow, remedy)     {word_##NAME, text_##NAME, follow, remedy},
#include "analyzer/report/rule_help.def"
#undef RULE_HELP
#undef MISUSE_HELP
};

size_t rule_help_count(void)
{
    return sizeof rules / sizeof rules[0];
}

const struct rule_help *rule_help_get(size_t index)
{
    return &rules[index];
}

size_t rule_help_find(const char *word)
{
    size_t index = 0;
    while (index < rule_help_count() && strcmp(rules[index].word, word) != 0) {
        index++;
    }
    return index;
}

const char *rule_help_remedy(const char *word)
{
    size_t index = rule_help_find(word);
    return index < rule_help_count() ? rules[index].remedy : "";
}

const char *rule_help_cause(const char *word)
{
    static const char *const causes[][2] = {
#define CAUSE_HELP(word, remedy) {word, remedy},
#include "analyzer/report/rule_help.def"
#undef CAUSE_HELP
    };
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (strcmp(causes[i][0], word) == 0) {
            return causes[i][1];
        }
    }
    return NULL;
}
