/* Small runs in words (random_traces/micro_trace.h), changed. Each lock is a class of its own, at
 * the address of its number, and each thread has its own place for each lock. */
#ifndef TESTS_REWRITES_REWRITE_SCENE_H
#define TESTS_REWRITES_REWRITE_SCENE_H

#include "analyzer/fix/trace_rewrite.h"
#include "analyzer/model/execution_index.h"
#include "tests/random_traces/micro_trace.h"

struct rewrite_scene {
    struct arena arena;
    struct trace_builder builder;
    struct execution execution; /* without stacks */
    struct execution_index index;
    uint32_t *classes;
    struct rewrite_run run;
    struct trace_rewrite rewrite;
};

/* Where a thread acquires a lock. */
trace_code_t rewrite_scene_place(uint32_t thread, uint32_t lock);

/* A lock inside another; of that thread only. */
struct fix_nesting rewrite_scene_nesting(uint32_t thread, uint32_t outer, uint32_t inner);

void rewrite_scene_init(struct rewrite_scene *scene, const char *text);
void rewrite_scene_init_from(struct rewrite_scene *scene); /* what is in the builder */
void rewrite_scene_on(struct rewrite_scene *scene, const struct sync_trace *trace); /* a part */
void rewrite_scene_destroy(struct rewrite_scene *scene);

void rewrite_scene_change(struct rewrite_scene *scene, const struct fix_change *change);

/* The rewritten events: "0?A 0+A 0-A", a thread, what it does and the object, by letters in the
 * order of their numbers. ? asks for it, + has it, t+ has it by a try, - gives it back, ! tried it
 * in vain, w begins to wait, W has waited, s wakes, . anything else; & with the next. Lower case
 * letters: for reading. */
const char *rewrite_scene_words(struct rewrite_scene *scene);

#endif
