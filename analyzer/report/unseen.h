/* What is not seen of the locks a program uses, told from the files it loads: for `doctor` before
 * it runs, for a report afterwards. The list is unseen.def; Rust and Go are told by their
 * compilers' marks. Each thing is told once. Allocates from the arena; any thread. */
#ifndef UNKNOT_REPORT_UNSEEN_H
#define UNKNOT_REPORT_UNSEEN_H

#include "analyzer/model/execution.h"
#include "analyzer/report/elf_facts.h"

struct unseen_file {
    const char *path;
    const struct elf_facts *facts; /* NULL if it cannot be read */
};

struct unseen {
    ARRAY(const char *) texts;
};

/* Adds what the file tells. `facts` is NULL when it cannot be read: then its name speaks. */
void unseen_add_file(struct arena *arena, struct unseen *unseen, const char *path,
                     const struct elf_facts *facts, bool is_program);

/* The files looked at so far: the processes of one report load the same ones. */
struct unseen_files {
    ARRAY(struct unseen_file) list;
};

/* Adds what the files tell that the process had loaded, as far as they are here. */
void unseen_add_execution(struct arena *arena, struct unseen *unseen, struct unseen_files *files,
                          const struct execution *execution);

/* Adds all of `other`. */
void unseen_add_all(struct arena *arena, struct unseen *unseen, const struct unseen *other);

#endif
