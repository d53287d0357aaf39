/* The plan of this run, as docs/plans.md describes it: where steering holds threads back, and which
 * locks stand-ins treat as a fix would have them. Option `plan` names its file.
 *
 * plan_read is for start-up, before anything is recorded; from then on the plan is constant, and
 * any thread may look. Nothing in the file is trusted; what cannot be used is kept as a complaint,
 * and the rest followed. All of it lies in mappings of our own that stay.
 *
 * plan_place_matches costs a load once it was asked for a stack and place, else a comparison of
 * each frame; in a module of another build than the plan is of, a file is mapped and its symbols
 * searched. plan_class_matches may cost that each time: ask it once for each lock. Both are for
 * guarded callers, and change neither errno nor anything the program sees. */
#ifndef UNKNOT_SHIM_PLAN_H
#define UNKNOT_SHIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/platform/text.h"

enum { PLAN_FRAMES = 8, PLAN_CLASS_FRAMES = 3, PLAN_STEPS = 64, PLAN_BUILD_BYTES = 32 };

/* The words behind `fix` and `class`. */
#define PLAN_FIX_KINDS(X)   X(merge) X(recursive) X(gate) X(ordered)
#define PLAN_CLASS_KINDS(X) X(static) X(made) X(first)

enum plan_fix_kind {
#define KIND(word) PLAN_FIX_##word,
    PLAN_FIX_KINDS(KIND)
#undef KIND
};

enum plan_class_kind {
#define KIND(word) PLAN_CLASS_##word,
    PLAN_CLASS_KINDS(KIND)
#undef KIND
};

struct plan_module {
    const char *name;
    uint32_t build_id_bytes; /* 0: it has none */
    uint8_t build_id[PLAN_BUILD_BYTES];
};

struct plan_frame {
    const char *function; /* or variable; "" if it is not known */
    const char *module;
    uint64_t offset; /* of a return address, or a variable */
    uint64_t inside; /* how far into the variable */
    bool has_offset;
};

struct plan_place {
    uint32_t number; /* of the place in the plan, from 1; 0: there is none */
    uint32_t count;
    struct plan_frame frames[PLAN_FRAMES]; /* innermost first */
};

struct plan_step {
    uint32_t number; /* of the step in the file, from 0, those that could not be used counted too */
    uint32_t rank;
    bool waits;                /* for a condition, a semaphore or a barrier; else requests a lock */
    struct plan_place begins;  /* where it acquires what it then has all the time, or no frames */
    struct plan_place holding; /* no frames: only `wants` counts */
    struct plan_place wants;
};

struct plan_class {
    enum plan_class_kind kind;
    struct plan_place place; /* of `static`, one frame that is a variable */
};

struct plan_fix {
    enum plan_fix_kind kind;
    const char *name;
    const struct plan_class *classes;
    const struct plan_place *places; /* of `ordered`: where its lock is taken first */
    uint32_t class_count, place_count;
};

struct plan {
    const struct plan_module *modules;
    const struct plan_step *steps;
    const struct plan_fix *fixes;
    uint32_t module_count, step_count, fix_count, place_count;
    uint32_t pause_ms;
    bool is_ranked;
};

enum { PLAN_PAUSE_MS = 200 };

/* Empty without a plan: no steps, no fixes. */
extern struct plan plan __attribute__((visibility("hidden")));

/* Reads the file; "" is none. */
void plan_read(const char *path);

/* The text becomes a plan, which points into it: size bytes, and one more for a NUL behind them. */
void plan_parse(char *text, size_t size, struct plan *parsed);

/* Adds what is wrong with the plan, one line for each index from 0 on; false behind the last. */
bool plan_complaint(size_t index, struct text *line);

/* What plan_parse has to say: the line (0: all of the file), why, and the word it is about. */
void plan_complain(uint32_t line, const char *why, const char *word);

/* Do the innermost frames of the stack with this id lie where the plan's do? */
bool plan_place_matches(const struct plan_place *place, uint32_t stack);

/* What is known of a lock's birth: stack ids, 0 for none. */
struct plan_lock {
    const void *object;
    uint32_t init_stack, first_stack;
};

bool plan_class_matches(const struct plan_class *wanted, const struct plan_lock *lock);

/* The first fix from `from` on that has a class for the lock, and which of its classes; NULL if
 * there is none. */
const struct plan_fix *plan_fix_of(const struct plan_lock *lock, uint32_t from,
                                   uint32_t *class_index);

/* Is the fix for locks acquired here (its `at`)? */
bool plan_fix_is_at(const struct plan_fix *fix, uint32_t stack);

#endif
