/* The recording this process writes: a file that grows by windows mapped shared, so that what was
 * written survives SIGKILL. Layout: trace/format.h.
 *
 * Never a signal for the program: each window is reserved with fallocate inside RLIMIT_FSIZE
 * before it is touched. When space runs out recording stops and what is lost is counted. The
 * descriptor is moved out of the program's way and checked against device and inode before each
 * use; a program that closed it costs one reopen by path.
 *
 * Calls between recording_lock and recording_unlock are serialized; the others say so. Taking the
 * lock opens the file if there is none yet. */
#ifndef UNKNOT_SHIM_RECORDING_H
#define UNKNOT_SHIM_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/format.h"

/* Changes with each recording (a fork child starts its own): an entry is written to the current
 * one when its `written` field equals this. 0 is never used. */
extern uint32_t recording_epoch;

/* Remembers where recordings go; pattern as in option `record`. Start-up only. */
void recording_configure(const char *pattern);

/* Calls `opened` after each file is opened, under the lock. Start-up only. */
void recording_on_open(void (*opened)(void));

/* Opens the file now instead of at the first record. Start-up only. */
void recording_open_now(void);

/* In a fork child: forgets the parent's file; the next record opens a new one. */
void recording_after_fork(void);

void recording_lock(void);
void recording_unlock(void);

/* Space for one record of `bytes` (rounded up to 8), zeroed, or NULL with the loss counted. The
 * caller fills all but the trace_record head and calls recording_publish before unlocking. */
void *recording_reserve(size_t bytes);
void recording_publish(void *record, enum trace_record_kind kind, size_t bytes);

/* A published record is no longer wanted: readers step over it, and a later one of its size takes
 * its place. Any thread, needs no other lock; not for records of an earlier epoch. */
void recording_take_back(struct trace_record *record);

/* When the recording was opened, by CLOCK_MONOTONIC. */
uint64_t recording_start_ns(void);

/* Is there a file, and nothing lost yet for want of room? A look without the lock. */
bool recording_is_open(void);

/* A mapped EVENTS chunk of `bytes`, a multiple of the page, all zeros behind its header, or NULL
 * where there is no room. */
struct trace_chunk *recording_events_chunk(size_t bytes);

/* Writes the block, of at most 64 KiB, to the end of the file, without mapping that; false where
 * there is no room. */
bool recording_append(const struct trace_packed *block);

/* A live block for a thread with room for at least `capacity` held locks, in the file or, when
 * there is no file, in private memory; NULL without memory. Takes the lock itself. */
struct trace_live *recording_live_alloc(uint32_t thread, uint32_t capacity);
void recording_live_free(struct trace_live *live);

/* Whether it lies in the file, where other processes can look. */
bool recording_live_is_in_file(const struct trace_live *live);

/* Where the numbers of processes and threads are those of ours; 0 without /proc. A system call. */
uint64_t recording_pid_namespace(void);

/* Any thread, any time, no lock. */
void recording_count_lost(enum trace_lost kind);
void recording_count_lost_some(enum trace_lost kind, uint64_t count);
uint64_t recording_lost(enum trace_lost kind);
void recording_count_unlock_by_other(void);
void recording_count_seen(uint64_t threads, uint64_t locks, uint64_t dependencies);
void recording_set_state(enum trace_state state, int exit_status);

/* The path being written, "" if none. */
const char *recording_path(void);
bool recording_failed(void);
const char *recording_failure(void); /* why, a few words */

#endif
