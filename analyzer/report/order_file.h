/* A file of lock orders: lines "A before B", of labels (lock_label.h), which say that a thread that
 * holds both acquires A first. Orders are chained. '#' begins a comment line.
 *
 * Read once, then only asked. Not thread-safe. Lives in the arena. Cost of a question: the orders
 * that lead on from A; each is answered once. */
#ifndef UNKNOT_REPORT_ORDER_FILE_H
#define UNKNOT_REPORT_ORDER_FILE_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

#define ORDER_FILE_BETWEEN " before "

struct order_file;

/* NULL: *error is one line for the user. An order that contradicts itself is an error. */
struct order_file *order_file_read(struct arena *arena, const char *path, const char **error);

const char *order_file_path(const struct order_file *file);

/* Whether `before` comes before `after`; both are labels. */
bool order_file_has(struct order_file *file, const char *before, const char *after);

#endif
