/* The shim in the life of a process: start, fork, exec, exit.
 *
 * It starts in its own constructor, or in a hook that another library's constructor calls before,
 * on the main thread; until then, and for good if it cannot work, every hook passes through. */
#ifndef UNKNOT_SHIM_LIFECYCLE_H
#define UNKNOT_SHIM_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "shim/platform/text.h"

/* Starts, for a hook called from `address` before the shim's constructor has run (the constructor
 * of another library), unless that is the allocator: starting allocates. */
void lifecycle_start_early(uintptr_t address);

/* Where the main thread's stack ends and how large it may be. */
bool lifecycle_main_stack(uintptr_t *high, uintptr_t *bytes);

/* The size of a thread's stack unless it asks for another. */
size_t lifecycle_default_stack(void);

/* Around fork(), on the forking thread: in the parent with what it returned, in the child. */
void lifecycle_fork_prepare(void);
void lifecycle_fork_parent(pid_t child);
void lifecycle_fork_child(void);

/* The process is about to be replaced or to end. A vfork child, which still runs in its parent's
 * memory, changes nothing. exec_failed undoes exec_begin. */
void lifecycle_exec_begin(void);
void lifecycle_exec_failed(void);
void lifecycle_exit(int status);

/* Ends the process for a deadlock, as options.on_deadlock says: without its exit functions, which
 * may need what is locked. Does not return. */
_Noreturn void lifecycle_end_program(void);

/* Writes to the standard error the process started with, in one call. */
void lifecycle_write(const struct text *text);

#endif
