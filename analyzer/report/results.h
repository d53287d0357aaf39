/* Findings in words and places, whatever analysis they are from: what SARIF, JUnit and GitHub's
 * annotations are written from. Plain data in the arena of the analysis; text is not yet escaped
 * for an output. */
#ifndef UNKNOT_REPORT_RESULTS_H
#define UNKNOT_REPORT_RESULTS_H

#include <stdio.h>
#include "analyzer/base/array.h"
#include "analyzer/report/fix_advice.h"
#include "analyzer/report/notes.h"

/* How grave a finding is to a tool that knows three levels. */
enum result_level { RESULT_NOTE, RESULT_WARNING, RESULT_ERROR };

/* Something done at a place. */
struct result_step {
    const char *text; /* "T2 'worker' takes lock_A" */
    struct frame_list stack;
    size_t order; /* in the story, from 1; 0: in no order with those of other threads */
};

struct result_steps {
    ARRAY(struct result_step) list;
};

/* What one thread does. */
struct result_flow {
    const char *thread;
    struct result_steps steps;
};

/* One way to tell a finding, by thread. */
struct result_story {
    const char *text;
    ARRAY(struct result_flow) flows;
};

struct result {
    size_t id; /* as in the other formats */
    size_t process;
    uint32_t pid;
    const struct finding *finding; /* NULL unless of a report */
    enum finding_kind kind;
    enum confidence confidence;
    const char *rule, *title, *fingerprint, *remedy; /* no fingerprint: NULL */
    const char *summary;                             /* sentences, one a line */
    size_t instances;
    struct result_step where; /* the place to point at */
    ARRAY(struct result_story) stories;
    ARRAY(struct fix_advice) fixes; /* whose edits are all there is to do */
    struct result_steps related;    /* where locks and threads were created, ... */
};

/* One that is not told, but in SARIF. */
struct hidden_result {
    struct result result;
    const char *suppression; /* which one hides it; NULL: the baseline */
};

struct result_process {
    uint32_t pid;
    const char *name; /* of the program: the same from run to run */
    const char *command;
    const char *directory; /* where it started; NULL when unknown */
};

struct results {
    struct arena *arena;
    const char *source_root;
    int exit_status;
    bool complete; /* nothing was lost or left out */
    ARRAY(struct result_process) processes;
    ARRAY(struct result) list;
    ARRAY(struct hidden_result) hidden;
    bool has_baseline;
    struct notes notes;
    /* Tells one of them as the text report does. */
    void (*tell)(FILE *out, const struct results *results, const struct result *result);
    const void *context;
};

/* Not thread-safe: names and places are looked up. */
void results_of_report(const struct report *report, struct results *results);

enum result_level result_level(const struct result *result);

/* Title, summary and what helps: the title is its first line, as some viewers show that alone. */
const char *result_message(struct arena *arena, const struct result *result);

/* Ends a summary's sentence: appends a line. */
void result_add_line(struct arena *arena, struct result *result, const char *line);

/* The flow of the thread of that name, a new one if there is none. */
struct result_flow *result_story_flow(struct arena *arena, struct result_story *story,
                                      const char *thread);

/* " at f1 (src/demo.c:12)", the file as above; "" for an empty stack. */
const char *result_at(const struct results *results, struct frame_list stack);

/* The frame to point at: the program's innermost one that lies below the source root, else its
 * innermost; NULL for an empty stack. */
const struct frame *result_frame(const struct results *results, struct frame_list stack);

#endif
