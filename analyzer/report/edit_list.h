/* Edits on their way into an advice: in the order of the file, no line of it changed in two ways.
 * Not thread-safe; allocates from the arena. */
#ifndef UNKNOT_REPORT_EDIT_LIST_H
#define UNKNOT_REPORT_EDIT_LIST_H

#include "analyzer/base/array.h"
#include "analyzer/report/fix_advice.h"

struct edit_list {
    struct arena *arena;
    ARRAY(struct fix_edit) list;
};

/* Comes before `line`, behind what was inserted there before. `text` without the last line's end;
 * what is empty is a line, too. */
void edit_list_insert(struct edit_list *edits, const char *file, uint32_t line, const char *text);

/* The line becomes `text`, one line or more without the last one's end; or NULL: it goes. */
void edit_list_replace(struct edit_list *edits, const char *file, uint32_t line, const char *text);

bool edit_list_has(const struct edit_list *edits, const char *file, uint32_t line);

/* Puts them in order, those of next lines together as one. False if a line becomes two things:
 * then none are left. */
__attribute__((warn_unused_result)) bool edit_list_finish(struct edit_list *edits);

#endif
