/* What of a finding a suppression can be about. Any thread, but the report is not thread-safe;
 * allocates from its arena. */
#ifndef UNKNOT_SUPPRESS_CANDIDATE_H
#define UNKNOT_SUPPRESS_CANDIDATE_H

#include "analyzer/report/format.h"

struct candidate_stack {
    struct frame_list all;     /* with the wrappers around the call */
    struct frame_list program; /* place_program_frames of it */
    const char *called;        /* the function of the C library, as far as it is known */
    bool is_main;              /* of a request, or where a misuse was done */
};

struct candidate {
    const struct finding *finding;
    const char *kind, *rule, *fingerprint, *title;
    ARRAY(const char *) locks; /* names, and names of classes */
    ARRAY(struct candidate_stack) stacks;
};

struct candidate candidate_of(const struct report *report, const struct report_process *process,
                              const struct finding *finding);

#endif
