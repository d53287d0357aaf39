/* The deadlocks that the library saw, of executions that are joined (joined_execution.h): what a
 * record says of threads of other processes, in the words of their recordings, is put together, and
 * one that several processes told of is kept once. What is told of a process without a recording
 * keeps its pid, and its ids mean nothing. Lives in the arena. Linear in the records, but for those
 * through several processes, which are compared with each other. */
#ifndef UNKNOT_MODEL_JOINED_DEADLOCK_H
#define UNKNOT_MODEL_JOINED_DEADLOCK_H

#include "analyzer/model/execution.h"

/* How ids of a member, by its position, become those of the joined execution; 0 for none. */
struct joined_ids {
    uint32_t (*thread)(const void *context, size_t member, uint32_t id);
    uint32_t (*lock)(const void *context, size_t member, uint32_t id);
    uint32_t (*stack)(const void *context, size_t member, uint32_t id);
    const void *context;
};

/* Sets the deadlocks of `joined`, whose members are set. */
void joined_deadlock_make(struct arena *arena, struct execution *joined,
                          const struct joined_ids *ids);

#endif
