/* What the program itself says of its locks (unknot.h): names, and orders it declares.
 *
 * Kept by lock id and written when the lock's LOCK record is, so that a lock nobody nests costs
 * nothing in the recording. A name takes a pool record of 80 bytes until its lock ends. Orders are
 * expected to be few: each pass over them is linear, and made only for locks that are noted
 * (LOCK_MARK_NOTED), off the hot path.
 *
 * lock_notes_record runs under recording_lock; the others take only the notes' own lock. */
#ifndef UNKNOT_SHIM_LOCK_NOTES_H
#define UNKNOT_SHIM_LOCK_NOTES_H

#include <stdint.h>

enum { LOCK_NAME_BYTES = 64 }; /* with the NUL; a longer name is cut */

/* The lock's name from now on. False without memory. */
_Bool lock_notes_name(uint32_t id, const char *name);

/* `before` is to be acquired before `after`; declared by `thread` at `stack`. */
_Bool lock_notes_order(uint32_t before, uint32_t after, uint32_t thread, uint32_t stack);

/* The lock is known by another id now; it has ended. */
void lock_notes_move(uint32_t from, uint32_t to);
void lock_notes_drop(uint32_t id);

/* Writes the name of lock `id`, whose LOCK record is written, and the orders whose other lock is
 * written too. */
void lock_notes_record(uint32_t id);

void lock_notes_after_fork(void);

#endif
