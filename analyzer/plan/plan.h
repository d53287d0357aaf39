/* What the library is to do in a run (docs/plans.md): steps at which threads are held back until a
 * deadlock is there, and fixes of locks. Made from findings, from fixes of them, and from what
 * hangs in a process or core.
 *
 * Not thread-safe; everything lives in the arena given to plan_init, names come through the
 * symbolizer. Adding is linear in the frames. */
#ifndef UNKNOT_PLAN_PLAN_H
#define UNKNOT_PLAN_PLAN_H

#include <stdio.h>
#include "analyzer/base/array.h"
#include "analyzer/report/format.h"

/* How many frames of a stack make a place. */
#define PLAN_FRAMES_MAX   8
#define PLAN_PAUSE_MAX_MS 3600000u

struct plan_frame {
    const char *function; /* of the symbol table; "?" unknown */
    const char *module;
    uint64_t offset; /* from the module's load bias; of calls the return address */
};

struct plan_place {
    struct plan_frame frames[PLAN_FRAMES_MAX]; /* innermost first */
    size_t count;                              /* 0: no such place */
};

struct plan_step {
    struct plan_place holding, requests;
    struct plan_place
        begins; /* where it took the first of all it holds there, if that is another */
    bool waits; /* for a condition, a semaphore or a barrier */
    unsigned rank;
    const char *text; /* for a person: "holds lock_A, requests lock_B" */
};

/* How the class of a lock is told: docs/plans.md, "Fixes". */
struct plan_class {
    const char *how; /* "static", "made", "first" */
    struct plan_place place;
};

struct plan_fix {
    const char *kind, *name;
    const char *text; /* for a person, of lines; NULL: nothing */
    ARRAY(struct plan_class) classes;
    ARRAY(struct plan_place) places; /* of `ordered` */
};

struct plan_module {
    const char *name;
    const char *build_id; /* "-": none */
};

struct plan {
    struct arena *arena;
    struct symbolizer *symbolizer;
    const char *origin; /* for a person: what it was made from */
    ARRAY(struct plan_module) modules;
    ARRAY(struct plan_step) steps;
    ARRAY(struct plan_fix) fixes;
    bool is_set; /* the steps are no circle: what each waits for is held by none of them */
};

/* How it is to be followed. */
struct plan_manner {
    bool is_ranked;
    /* Goes to the rank of each step, which wraps: another thread begins. */
    unsigned long first_rank;
    unsigned pause_ms; /* 0: the library's own */
};

void plan_init(struct plan *plan, struct arena *arena, struct symbolizer *symbolizer);

/* Adds the place of a stack: what the program itself did, without how its thread was started. No
 * frames if the stack is unknown. */
struct plan_place plan_place_of(struct plan *plan, const struct execution *execution,
                                uint32_t stack);
/* The same of a code address and who called it, as the stacks of a recording have them; at most
 * `limit` frames. */
struct plan_place plan_place_of_codes(struct plan *plan, const struct execution *execution,
                                      const trace_code_t *codes, size_t count, size_t limit);

/* A variable that the address lies in: one frame. */
struct plan_place plan_place_of_data(struct plan *plan, const struct execution *execution,
                                     trace_code_t location);

/* As a plan has it: "-" for none. */
const char *plan_build_id(struct arena *arena, const uint8_t *bytes, size_t count);

/* One word of the file: what would end it, or begin a comment, is replaced. */
const char *plan_word(struct arena *arena, const char *text);

/* Adds the steps of a finding, one of the report's. False if no run can be steered into it; then
 * *error says why in one line. */
__attribute__((warn_unused_result)) bool plan_add_finding(struct plan *plan,
                                                          const struct report *report,
                                                          const struct finding *finding,
                                                          const char **error);

void plan_write(FILE *out, const struct plan *plan, const struct plan_manner *manner);

/* Whether two plans are of one deadlock: threads that request at the same places, in one circle, or
 * all of `part` among those of `whole`, if that is no circle. */
bool plan_is_same(const struct plan *part, const struct plan *whole);

#endif
