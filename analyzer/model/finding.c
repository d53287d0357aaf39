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
