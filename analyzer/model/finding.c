#include "analyzer/model/finding.h"

const char *finding_kind_word(enum finding_kind kind)
{
    static const char *const words[] = {
#define FINDING_KIND(NAME, word, text) word,
#include "analyzer/model/finding.def"
#undef FINDING_KIND
    };
    return words[kind];
}

const char *finding_rule_word(enum finding_rule rule)
{
    static const char *const words[] = {
#define FINDING_RULE(NAME, word, object, wakes) word,
#include "analyzer/model/finding.def"
#undef FINDING_RULE
    };
    return words[rule];
}

const char *finding_rule_object(enum finding_rule rule)
{
    static const char *const objects[] = {
#define FINDING_RULE(NAME, word, object, wakes) object,
#include "analyzer/model/finding.def"
#undef FINDING_RULE
    };
    return objects[rule];
}

const char *finding_rule_wakes(enum finding_rule rule)
{
    static const char *const verbs[] = {
#define FINDING_RULE(NAME, word, object, wakes) wakes,
#include "analyzer/model/finding.def"
#undef FINDING_RULE
    };
    return verbs[rule];
}

const char *confidence_word(enum confidence confidence)
{
    static const char *const words[] = {
#define CONFIDENCE(NAME, word, text) word,
#include "analyzer/model/finding.def"
#undef CONFIDENCE
    };
    return words[confidence];
}

const char *dismissal_word(enum dismissal reason)
{
    static const char *const words[] = {
#define DISMISSAL(NAME, word, text) word,
#include "analyzer/model/finding.def"
#undef DISMISSAL
    };
    return words[reason];
}

const char *dismissal_text(enum dismissal reason)
{
    static const char *const texts[] = {
#define DISMISSAL(NAME, word, text) text,
#include "analyzer/model/finding.def"
#undef DISMISSAL
    };
    return texts[reason];
}

const char *no_witness_word(enum no_witness reason)
{
    static const char *const words[] = {
#define NO_WITNESS(NAME, word, line, text) word,
#include "analyzer/model/finding.def"
#undef NO_WITNESS
    };
    return words[reason];
}

const char *no_witness_line(enum no_witness reason)
{
    static const char *const lines[] = {
#define NO_WITNESS(NAME, word, line, text) line,
#include "analyzer/model/finding.def"
#undef NO_WITNESS
    };
    return lines[reason];
}

const char *no_witness_text(enum no_witness reason)
{
    static const char *const texts[] = {
#define NO_WITNESS(NAME, word, line, text) text,
#include "analyzer/model/finding.def"
#undef NO_WITNESS
    };
    return texts[reason];
}

const char *trace_gap_line(enum trace_gap gap)
{
    static const char *const lines[] = {
#define TRACE_GAP(NAME, line) line,
#include "analyzer/model/finding.def"
#undef TRACE_GAP
    };
    return lines[gap];
}

const char *misuse_rule_word(uint32_t rule)
{
    switch (rule) {
#define MISUSE_RULE(number, NAME, word, on, text)                                                  \
    case number:                                                                                   \
        return word;
#include "trace/misuse.def"
#undef MISUSE_RULE
    }
    return "";
}

const char *misuse_rule_text(uint32_t rule)
{
    switch (rule) {
#define MISUSE_RULE(number, NAME, word, on, text)                                                  \
    case number:                                                                                   \
        return text;
#include "trace/misuse.def"
#undef MISUSE_RULE
    }
    return "";
}

const char *misuse_object_text(uint32_t object)
{
    switch (object) {
#define MISUSE_OBJECT(number, NAME, text)                                                          \
    case number:                                                                                   \
        return text;
#include "trace/misuse.def"
#undef MISUSE_OBJECT
    }
    return "";
}

const char *misuse_role_text(uint32_t role)
{
    switch (role) {
#define MISUSE_ROLE(number, NAME, text)                                                            \
    case number:                                                                                   \
        return text;
#include "trace/misuse.def"
#undef MISUSE_ROLE
    }
    return "";
}
