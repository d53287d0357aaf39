/* Names of system calls. Any thread; may allocate from the arena. */
#ifndef UNKNOT_DIAGNOSE_SYSTEM_CALL_H
#define UNKNOT_DIAGNOSE_SYSTEM_CALL_H

#include <stdint.h>
#include "analyzer/base/arena.h"

/* "poll()"; "system call 300" for one that is not often waited in. */
const char *system_call_name(struct arena *arena, int64_t number);

#endif
