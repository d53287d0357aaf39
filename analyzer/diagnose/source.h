/* Where a target comes from: a process (live.c) or a core (core.c). Private to the target. */
#ifndef UNKNOT_DIAGNOSE_SOURCE_H
#define UNKNOT_DIAGNOSE_SOURCE_H

#include <sys/user.h>
#include "analyzer/base/array.h"
#include "analyzer/diagnose/target.h"

/* First member of what the source keeps. */
struct target_source {
    bool (*read)(const struct target *target, uint64_t address, void *buffer, size_t bytes);
    bool (*refresh)(struct target *target);
    bool (*get_registers)(struct target *target, struct target_thread *thread);
    void (*close)(struct target *target);
};

/* One mapping of a file. */
struct mapping {
    uint64_t start, end, offset;
    const char *path; /* without the " (deleted)" of the kernel */
    bool deleted;
    bool executable; /* unknown, so true, in a core */
};

struct mappings {
    ARRAY(struct mapping) list;
};

bool live_open(struct arena *arena, uint32_t pid, struct target *target, const char **error);
bool core_open(struct arena *arena, const char *path, struct target *target, const char **error);

/* Fills target->modules from its mappings. `root` is put before paths that are not the same file
 * from here; "" when there is no other. */
void modules_from_mappings(struct target *target, const struct mappings *mappings,
                           const char *root);

/* Takes over what the kernel or a core says of a thread's registers. */
void registers_take(struct target_thread *thread, const struct user_regs_struct *registers);

#endif
