#include "analyzer/command/misuse_rules.h"

#include <string.h>
#include "analyzer/command/message.h"

static const struct {
    const char *word, *text;
    bool on;
} rules[] = {
#define MISUSE_RULE(number, NAME, word, on, text) {word, text, on},
#include "trace/misuse.def"
#undef MISUSE_RULE
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

static bool is_rule(const char *word, size_t bytes)
{
    if (bytes == 3 && strncmp(word, "all", bytes) == 0) {
        return true;
    }
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (strlen(rules[i].word) == bytes && strncmp(rules[i].word, word, bytes) == 0) {
            return true;
        }
    }
    return false;
}

bool misuse_rules_wanted(const char *words)
{
    return words != NULL && strcmp(words, "help") == 0;
}

bool misuse_rules_check(const char *command, const char *words)
{
    while (words != NULL && *words != '\0') {
        size_t bytes = strcspn(words, ",");
        if ((words[0] != '-' && words[0] != '+') || !is_rule(words + 1, bytes - 1)) {
            message(command, "--misuse: no such rule '%.*s' (--misuse=help lists them)", (int)bytes,
                    words);
            return false;
        }
        words += bytes + (words[bytes] == ',');
    }
    return true;
}

void misuse_rules_print(FILE *out)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        fprintf(out, "  %c%-26s %s%s\n", rules[i].on ? '-' : '+', rules[i].word, rules[i].text,
                rules[i].on ? "" : " (off unless asked for)");
    }
}
