/* What helps against one finding, in a sentence with the names of its locks, and where: the general
 * advice of its rule where nothing better is known. Any thread; allocates from the report's arena.
 * Not yet escaped for an output. */
#ifndef UNKNOT_REPORT_REMEDY_H
#define UNKNOT_REPORT_REMEDY_H

#include "analyzer/report/format.h"

struct remedy {
    const char *text;
    const struct frame *frame; /* where to do it; NULL: at several places, or not known */
    const char *place;         /* the same in words: "bank.c:12 in audit" */
};

struct remedy remedy_of_finding(const struct report *report, const struct finding *finding);

/* The advice for a circle of locks, joins and initialisers; `locks` names what is waited for. */
const char *remedy_of_circle(struct arena *arena, const char *locks, bool waits_for_a_thread,
                             bool waits_for_an_initialiser);

#endif
