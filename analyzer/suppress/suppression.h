/* One suppression, of any of the three kinds of file that are read, and whether it matches a
 * finding. Any thread once it is parsed; matching allocates from the report's arena. */
#ifndef UNKNOT_SUPPRESS_SUPPRESSION_H
#define UNKNOT_SUPPRESS_SUPPRESSION_H

#include "analyzer/suppress/candidate.h"

/* What is compared: CONDITION(NAME, "key") in a file of ours. */
enum condition_kind {
#define CONDITION(NAME, key) CONDITION_##NAME,
#include "analyzer/suppress/conditions.def"
#undef CONDITION
    /* Of the other tools. */
    CONDITION_TSAN,        /* a function, file or module in any frame has this part */
    CONDITION_CALLED_FROM, /* the module that calls the C library has this part */
    CONDITION_VALGRIND     /* the innermost frames of the main stack */
};

/* One line of a stack: a pattern, or any number of frames. */
struct frame_pattern {
    enum { FRAME_FUNCTION, FRAME_SYMBOL, FRAME_OBJECT, FRAME_SOURCE, FRAME_ANY_NUMBER } kind;
    const char *pattern;
    uint32_t line; /* of a source, 0: any */
};

struct condition {
    enum condition_kind kind;
    const char *pattern;
    ARRAY(struct frame_pattern) frames;
};

struct suppression {
    const char *file;
    uint32_t line;
    const char *name;
    /* The rules it is about, with commas; NULL: any, "": none that unknot has. */
    const char *rules;
    ARRAY(struct condition) conditions; /* all of them hold */
    bool is_foreign;                    /* of a file for another tool */
    size_t used;                        /* findings it matched */
};

struct suppression_list {
    ARRAY(struct suppression *) list;
};

/* Whether it is about anything that can be found. */
bool suppression_applies(const struct suppression *suppression);

bool suppression_matches(struct arena *arena, const struct suppression *suppression,
                         const struct candidate *candidate);

#endif
