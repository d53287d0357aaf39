/* What a report is made of, and the table of the formats it can be written in. A format turns
 * typed findings into bytes; every one is fed the same report.
 *
 * Not thread-safe; allocates from the report's arena. */
#ifndef UNKNOT_REPORT_FORMAT_H
#define UNKNOT_REPORT_FORMAT_H

#include <stdio.h>
#include "analyzer/misuse/misuse.h"
#include "analyzer/model/finding.h"
#include "analyzer/report/hidden.h"
#include "analyzer/report/name.h"
#include "analyzer/report/unseen.h"

struct report_process {
    struct execution execution;
    /* What was analysed: the execution or, for the first of several processes that share locks,
     * theirs joined. NULL for the others: their findings are told with the first one's. */
    const struct execution *analysed;
    struct analysis analysis;
    /* By report_init. */
    struct unseen unseen;
    size_t first_id; /* of its findings */
};

struct report_options {
    bool color;
    bool all_stacks;                  /* every frame, not only the program's innermost ones */
    bool show_dismissed;              /* the cycles set aside, with their reasons */
    bool show_suppressed, show_known; /* the findings that are hidden */
    bool class_order;                 /* cycles between different instances of the same classes */
    bool just_recorded;               /* written at the end of `run`: tell how to see it again */
    bool of_traces;                   /* of traces in text, read with --input=std */
    const char *path;                 /* the recordings, as the user would name them */
    const char *order;                /* the file of --order; NULL: none */
    const char *source_root;          /* files below it are named relative to it; NULL: none are */
    int exit_status;                  /* what the command ends with if all can be written */
};

/* Of recordings that were merged before: what is summed up of them. */
struct report_merged {
    size_t recordings, incomplete;
    size_t shared; /* recordings with locks that processes share */
    uint64_t threads, locks, requests, lost;
};

struct report {
    struct arena *arena;
    struct symbolizer *symbolizer;
    struct names *names;
    struct caller_code *code;
    struct fingerprints *fingerprints; /* fingerprint.h */
    struct source_texts *sources;      /* source_text.h */
    const struct report_process *processes;
    size_t process_count;
    size_t failure_count; /* files that could not be analysed */
    struct report_merged merged;
    struct report_options options;
    struct hidden_summary hidden;
};

/* The formats live once, in formats.def. */
enum report_format_id {
#define REPORT_FORMAT(NAME, name, shares) REPORT_FORMAT_##NAME,
#include "analyzer/report/formats.def"
#undef REPORT_FORMAT
    REPORT_FORMAT_COUNT
};

#define REPORT_FORMAT_BIT(id) (1u << (id))
#define REPORT_FORMATS_ALL    (REPORT_FORMAT_BIT(REPORT_FORMAT_COUNT) - 1)

struct report_format {
    enum report_format_id id;
    const char *name;
    bool shares; /* another that does may go before or after it on one stream */
    /* Writes all of it; errors are left for the caller to find on `out`. */
    void (*write)(FILE *out, const struct report *report);
};

const struct report_format *report_format_get(enum report_format_id id);
/* NULL when no format is called that. */
const struct report_format *report_format_find(const char *name);

/* Opens the symbols, joins findings that are the same (collapse.h), adds those of misuse, turns
 * each cycle so that it starts with the step recorded first, and names all its locks in that order.
 * The arrays stay the caller's. */
void report_init(struct report *report, struct arena *arena, struct report_process *processes,
                 size_t process_count);
void report_destroy(struct report *report);

/* Numbers all findings anew, after some were added: `processes` are the report's. */
void report_number_findings(struct report *report, struct report_process *processes);

/* Does what report_init does for one process more, which lies behind the others. */
void report_add_process(struct report *report, struct report_process *process);

/* Names the locks of a cycle that is added later, and turns it. */
void report_prepare_finding(struct report *report, struct finding *finding);

/* Processes that were recorded, one by one or merged. */
size_t report_recording_count(const struct report *report);

size_t report_finding_count(const struct report *report);
/* Findings at or above `confidence`. */
size_t report_finding_count_above(const struct report *report, enum confidence confidence);
/* Every recording was read to its normal end and nothing in it was lost. */
bool report_is_complete(const struct report *report);
bool report_process_is_complete(const struct report_process *process);

#endif
