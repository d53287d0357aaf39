/* The findings of an earlier report, by fingerprint: what is known. Not thread-safe; lives in the
 * arena. */
#ifndef UNKNOT_SUPPRESS_BASELINE_H
#define UNKNOT_SUPPRESS_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include "analyzer/base/arena.h"

struct known_finding {
    const char *fingerprint;
    /* From a report; "" from a list of fingerprints. */
    const char *kind, *confidence, *title;
    bool is_seen; /* for the user of the baseline */
};

struct baseline;

struct baseline *baseline_create(struct arena *arena);

/* Adds the findings of a report in JSON, those that were known to it among them and the suppressed
 * ones not, or a list of fingerprints, one at the beginning of each line. False with *error in one
 * line when the file cannot be read or is neither. */
__attribute__((warn_unused_result)) bool baseline_read(struct baseline *baseline, const char *path,
                                                       const char **error);

/* The first one of each fingerprint stays. */
void baseline_add(struct baseline *baseline, struct known_finding finding);

/* NULL when it is not known. */
struct known_finding *baseline_find(const struct baseline *baseline, const char *fingerprint);

/* In the order they were added. */
size_t baseline_count(const struct baseline *baseline);
struct known_finding *baseline_get(const struct baseline *baseline, size_t index);

#endif
