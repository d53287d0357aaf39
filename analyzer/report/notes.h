/* What a reader of a report must know beside the findings: what could not be read, was lost or left
 * out, and where a search stopped early. Not thread-safe; allocates from the report's arena. Not
 * yet escaped for an output. */
#ifndef UNKNOT_REPORT_NOTES_H
#define UNKNOT_REPORT_NOTES_H

#include "analyzer/base/array.h"
#include "analyzer/report/format.h"
#include "analyzer/report/totals.h"

/* What it means for the findings. */
enum note_level {
    NOTE_INFORMATION, /* nothing, or less detail */
    NOTE_INCOMPLETE,  /* there may be more of them, or surer ones */
    NOTE_FAILURE,     /* something was not looked at at all */
};

struct note {
    enum note_level level;
    const char *id; /* a word for what it is about */
    const char *text;
};

struct notes {
    ARRAY(struct note) list;
};

void notes_collect(const struct report *report, const struct totals *totals, struct notes *notes);

#endif
