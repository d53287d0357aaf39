/* What to edit for a fix: lines of the program's source, in its own primitive, and in words what
 * lines cannot say.
 *
 * Made from the call stacks, the debug information and, where they can be read, the source files;
 * the less of these there is, the more is words. Allocates from the report's arena; not yet escaped
 * for an output. Not thread-safe. */
#ifndef UNKNOT_REPORT_FIX_ADVICE_H
#define UNKNOT_REPORT_FIX_ADVICE_H

#include "analyzer/fix/fix.h"
#include "analyzer/report/format.h"

/* Lines of one source file change. */
struct fix_edit {
    const char *file;
    uint32_t line;
    uint32_t replaced; /* lines from `line` on that go; 0: `text` comes before that line */
    const char *text;  /* lines, each with its end; "": those replaced only go */
};

struct fix_advice {
    const char *what; /* a sentence or two, with the names of the locks */
    const struct fix_edit *edits;
    size_t edit_count;
    bool is_complete; /* the edits are all there is to do: applied, the program has the fix */
    bool is_outdated; /* a file was changed after the recording began: the lines may not fit */
};

void fix_advise(const struct report *report, const struct finding *finding, const struct fix *fix,
                struct fix_advice *advice);

#endif
