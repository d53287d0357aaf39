/* Definitions of locks, as the source has them: "static pthread_mutex_t a = INIT, b;" on one line.
 * Any thread; allocates from the arena. */
#ifndef UNKNOT_REPORT_LOCK_DECLARATION_H
#define UNKNOT_REPORT_LOCK_DECLARATION_H

#include "analyzer/base/array.h"
#include "analyzer/report/source_text.h"

struct lock_declarator {
    const char *name, *initialiser; /* "= PTHREAD_MUTEX_INITIALIZER", "{}"; "": none */
};

struct lock_declaration {
    const char *qualifiers; /* "static " */
    const char *type;       /* "pthread_mutex_t", "std::mutex" */
    ARRAY(struct lock_declarator) declarators;
};

/* False unless the line is one definition of plain variables, `name` one of them. */
__attribute__((warn_unused_result)) bool lock_declaration_parse(struct arena *arena,
                                                                const struct source_text *text,
                                                                uint32_t line, const char *name,
                                                                struct lock_declaration *result);

/* The type and initialiser with which such a lock is recursive; false if nothing in its definition
 * makes it so: then they stay as they are. */
bool lock_declaration_recursive(struct arena *arena, const char *type, const char *initialiser,
                                const char **new_type, const char **new_initialiser);

#endif
