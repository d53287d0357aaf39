/* The chains of held locks all threads know: what seen_chains remembers for one.
 *
 * A chain is its parent chain and one more lock, with the mode and the call site it was taken in;
 * parent 0 is "nothing held". Each distinct one gets an id that is never used again, and ends with
 * any lock in it. A chain knows its dependencies in the recording, so that those that can no longer
 * matter are taken back when a lock ends (chain_end.c). Not lock-free: a thread comes here only for
 * a chain it has not recorded in its segment, and then has a record to write anyway. Slow path
 * only; guarded callers. */
#ifndef UNKNOT_SHIM_CHAIN_TABLE_H
#define UNKNOT_SHIM_CHAIN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/core/seen_chains.h"
#include "trace/format.h"

/* The chain's id, made if it is new; 0 without memory or if a lock in `parent` has ended. */
uint32_t chain_table_enter(uint32_t parent, uint32_t lock, uint32_t site_mode);

/* True while the chain of a seen_chains entry exists. */
bool chain_table_is_live(const struct seen_chain *entry);

/* The record of a lock, or the dependency that a chain's last request makes, is published in the
 * recording; under recording_lock. */
void chain_table_note_lock(struct trace_lock *record);
void chain_table_note(uint32_t id, struct trace_dependency *record);

/* The chain ends in the end of a thread, which holds it in all its requests: what is known of the
 * locks in the chain stays for good. */
void chain_table_keep(uint32_t id);

/* Another record than a chain's dependency names the lock. */
void chain_table_keep_record(uint32_t lock);

/* Calls `edge` for each pair of locks in which one was held when a chain's last was requested by a
 * blocking form. */
void chain_table_each_edge(void (*edge)(uint32_t held, uint32_t requested, void *context),
                           void *context);

/* What else knows a lock: other records than dependencies; dependencies that are not known here, of
 * other processes or implied by a thread's life, so that all of ours stay. */
enum chain_lock_tie { CHAIN_LOCK_UNTIED, CHAIN_LOCK_NAMED, CHAIN_LOCK_LASTING };

/* The lock has ended, and with it all chains that hold it. */
void chain_table_drop(uint32_t lock, enum chain_lock_tie tie);

void chain_table_after_fork(void);

#endif
