/* A built recording, loaded and analysed: what tests of analyses and reports start from. */
#ifndef TESTS_SUPPORT_ANALYZED_H
#define TESTS_SUPPORT_ANALYZED_H

#include "analyzer/predict/lock_order.h"
#include "tests/support/recording_builder.h"

struct analyzed {
    struct arena arena;
    struct execution execution;
    struct analysis analysis;
};

/* Writes the recording to a temporary file, loads and analyses it. Aborts if it cannot be read. */
void analyzed_init(struct analyzed *analyzed, struct recording_builder *rec,
                   const struct lock_order_options *options);
void analyzed_destroy(struct analyzed *analyzed);

/* Only loads: for tests that change the execution or do not analyse it. */
void analyzed_load(struct analyzed *analyzed, struct recording_builder *rec);

#endif
