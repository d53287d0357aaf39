/* What else of a source file has to change with the type of a lock in it. Not thread-safe;
 * allocates from the arena. */
#ifndef UNKNOT_REPORT_LOCK_TYPE_H
#define UNKNOT_REPORT_LOCK_TYPE_H

#include "analyzer/report/edit_list.h"
#include "analyzer/report/source_text.h"

/* The lines that initialise the lock as a recursive one, instead of the one given, which only
 * initialises it; NULL if that does something else, or with an attribute of its own. */
const char *lock_type_recursive_call(struct arena *arena, const struct source_text *text,
                                     uint32_t line);

/* The static initialiser of a recursive mutex is an extension. False of a header: then it is not
 * known what includes it. */
__attribute__((warn_unused_result)) bool
lock_type_require_gnu(struct edit_list *edits, const struct source_text *text, bool is_cxx);

/* Edits the guards of the std::mutex, which has become recursive. False if it is used in a way that
 * is not understood. `definition` is the line that defines it. */
__attribute__((warn_unused_result)) bool lock_type_change_uses(struct edit_list *edits,
                                                               const struct source_text *text,
                                                               const char *variable,
                                                               uint32_t definition);

/* Whether something's member is called so. */
bool lock_type_is_member_name(struct arena *arena, const struct source_text *text,
                              const char *name);

/* Takes out the statements that destroy it. */
void lock_type_drop_destroy(struct edit_list *edits, const struct source_text *text,
                            const char *variable);

#endif
