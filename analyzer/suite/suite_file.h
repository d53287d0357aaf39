/* The file of a suite (docs/merging.md): text, one row a line, sorted, the same bytes for the same
 * suite. Reading trusts nothing in it: every reference, number and text is checked, and how far
 * sets of recordings may unfold is bounded. Not thread-safe; linear in the file. */
#ifndef UNKNOT_SUITE_SUITE_FILE_H
#define UNKNOT_SUITE_SUITE_FILE_H

#include <stdio.h>
#include "analyzer/suite/suite.h"

#define SUITE_EXTENSION ".merged"

/* Whether the bytes begin as such a file does. */
bool suite_file_is_one(const void *data, size_t size);

/* Merges the file's bytes into the suite, which is not finished yet. False: *error is one line
 * that says what is wrong with the file, and the suite is good for nothing any more. */
__attribute__((warn_unused_result)) bool suite_file_read(struct suite *suite, const void *data,
                                                         size_t size, const char **error);

/* Writes a finished suite; errors are left for the caller to find on `out`. */
void suite_file_write(FILE *out, const struct suite *suite);

#endif
