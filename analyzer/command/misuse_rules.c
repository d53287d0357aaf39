#include "analyzer/command/misuse_rules.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/command/message.h"
#include "trace/format.h"

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

/* "rule=5" of a rule that has a limit. */
static bool is_limited_rule(const char *word, size_t bytes)
{
    static const char *const limited[] = {
#define MISUSE_LIMIT(NAME, name, initial, unit) name "=",
#include "trace/misuse.def"
#undef MISUSE_LIMIT
    };
    for (size_t i = 0; i < sizeof limited / sizeof limited[0]; i++) {
        size_t name = strlen(limited[i]);
        if (bytes <= name || strncmp(word, limited[i], name) != 0) {
            continue;
        }
        char *end;
        unsigned long limit = strtoul(word + name, &end, 10);
        return strspn(word + name, "0123456789") == bytes - name && limit != 0 &&
               limit < TRACE_MISUSE_LIMIT_END && end == word + bytes;
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
        bool is_known = (words[0] == '-' || words[0] == '+') && is_rule(words + 1, bytes - 1);
        if (!is_known && (words[0] != '+' || !is_limited_rule(words + 1, bytes - 1))) {
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
        fprintf(out, "  %c%-30s %s%s\n", rules[i].on ? '-' : '+', rules[i].word, rules[i].text,
                rules[i].on ? "" : " (off unless asked for)");
    }
#define MISUSE_LIMIT(NAME, name, initial, unit)                                                    \
    fputs("  +" name "=N  the same with another limit than " #initial " " unit "\n", out);
#include "trace/misuse.def"
#undef MISUSE_LIMIT
}
