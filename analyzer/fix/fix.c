#include "analyzer/fix/fix.h"

const char *fix_kind_word(enum fix_kind kind)
{
    static const char *const words[] = {
#define FIX_KIND(NAME, word, title, risk) word,
#include "analyzer/fix/fix.def"
#undef FIX_KIND
    };
    return words[kind];
}

const char *fix_kind_title(enum fix_kind kind)
{
    static const char *const titles[] = {
#define FIX_KIND(NAME, word, title, risk) title,
#include "analyzer/fix/fix.def"
#undef FIX_KIND
    };
    return titles[kind];
}

const char *fix_kind_risk(enum fix_kind kind)
{
    static const char *const risks[] = {
#define FIX_KIND(NAME, word, title, risk) risk,
#include "analyzer/fix/fix.def"
#undef FIX_KIND
    };
    return risks[kind];
}

const char *fix_rejection_word(enum fix_rejection rejection)
{
    static const char *const words[] = {
#define FIX_REJECTION(NAME, word, text) word,
#include "analyzer/fix/fix.def"
#undef FIX_REJECTION
    };
    return words[rejection];
}

const char *fix_rejection_text(enum fix_rejection rejection)
{
    static const char *const texts[] = {
#define FIX_REJECTION(NAME, word, text) text,
#include "analyzer/fix/fix.def"
#undef FIX_REJECTION
    };
    return texts[rejection];
}

const char *fix_scope_text(enum fix_scope scope)
{
    static const char *const texts[] = {
#define FIX_SCOPE(NAME, text) text,
#include "analyzer/fix/fix.def"
#undef FIX_SCOPE
    };
    return texts[scope];
}
