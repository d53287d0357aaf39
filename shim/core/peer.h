/* Other processes that are watched: the live blocks in their recordings, which lie in the folder of
 * our own.
 *
 * Each recording is mapped for reading, piece by piece as it grows, and stays mapped when its
 * process has ended: then it tells what that held. Found when somebody asks for a thread that is
 * not known; the folder is read again only when it has changed.
 *
 * Guarded callers, between peer_lock and peer_unlock: one thread at a time. Only for threads that
 * are about to block on something processes share. */
#ifndef UNKNOT_SHIM_PEER_H
#define UNKNOT_SHIM_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/platform/mapping.h"
#include "trace/format.h"

/* A live block of another process. */
struct peer_block {
    const struct trace_live *live;
    uint32_t peer; /* for peer_pid and peer_place */
};

void peer_lock(void);
void peer_unlock(void);

/* Learns of new processes and of new threads of known ones; of processes that have ended, too, if
 * asked for. */
void peer_refresh(bool with_ended);

uint32_t peer_block_count(void);
const struct peer_block *peer_block_at(uint32_t index);

/* The block of the thread with this kernel id; NULL if no recording has one. Without `with_ended`
 * not of a process that has said that it ended. */
const struct peer_block *peer_find(uint32_t kernel_tid, bool with_ended);

uint32_t peer_pid(uint32_t peer);

/* It runs, as far as its recording knows. */
bool peer_is_running(uint32_t peer);

/* Where the lock with this id, which lies at `address` in the other process, lies for all. Asked of
 * the kernel once for each lock. */
enum mapping_answer peer_place(uint32_t peer, uint32_t lock, uint64_t address,
                               struct mapping_place *place);

/* The same as its recording tells it, also when it has ended. */
bool peer_recorded_place(uint32_t peer, uint32_t lock, struct mapping_place *place);

/* Was a process ended for a deadlock that it told of, with this thread in it? */
bool peer_told_of(uint32_t pid, uint32_t kernel_tid);

/* In a fork child: nothing is mapped any more. */
void peer_after_fork(void);

#endif
