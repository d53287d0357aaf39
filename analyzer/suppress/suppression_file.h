/* Files of suppressions: ours, ThreadSanitizer's and Valgrind's, told apart by their first line.
 * docs/suppressions.md has the formats. Not thread-safe; everything lives in the arena. */
#ifndef UNKNOT_SUPPRESS_SUPPRESSION_FILE_H
#define UNKNOT_SUPPRESS_SUPPRESSION_FILE_H

#include "analyzer/suppress/lines.h"
#include "analyzer/suppress/suppression.h"

/* Adds what the file has. False with *error in one line, "FILE:LINE: ...", when it cannot be read
 * or understood. */
__attribute__((warn_unused_result)) bool suppression_file_read(struct arena *arena,
                                                               const char *path,
                                                               struct suppression_list *list,
                                                               const char **error);

/* Those of each format; the current line is the first one. NULL, or what is wrong. */
const char *suppression_file_own(struct lines *lines, struct suppression_list *list);
const char *suppression_file_tsan(struct lines *lines, struct suppression_list *list);
const char *suppression_file_valgrind(struct lines *lines, struct suppression_list *list);

/* Adds an empty one that begins at the current line. */
struct suppression *suppression_add(const struct lines *lines, struct suppression_list *list,
                                    const char *name);

#endif
