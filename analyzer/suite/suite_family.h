/* Which recordings are of one process and those that it forked, as far as their pids tell: the
 * parent runs the same program and was recorded from an earlier time on. Not thread-safe. */
#ifndef UNKNOT_SUITE_SUITE_FAMILY_H
#define UNKNOT_SUITE_SUITE_FAMILY_H

#include "analyzer/suite/suite.h"

/* By recording of a finished suite: a recording that stands for its family. Sorts them, then one
 * look-up each. */
uint32_t *suite_families(struct arena *arena, const struct suite *suite);

#endif
