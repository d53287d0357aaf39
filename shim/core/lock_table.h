/* Every lock of the program: which instance lives at an address.
 *
 * An instance begins when it is initialised or first used and ends when it is destroyed,
 * initialised again, or its memory is freed, unmapped or (on a stack) left behind. Its id is never
 * used again, so a lock-free reader that sees the same id before and after reading a slot has read
 * that instance's slot.
 *
 * lock_table_find: any thread, no lock, no allocation, usually one cache line. A miss may be
 * false while the table changes; ask lock_table_enter, which takes the table's lock and makes the
 * instance if it is really new. Memory: 80 bytes an instance and 16 a slot at most half full,
 * returned for reuse when the instance ends. */
#ifndef UNKNOT_SHIM_LOCK_TABLE_H
#define UNKNOT_SHIM_LOCK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/core/lock_pages.h"
#include "trace/format.h"

struct lock_slot {
    uint64_t address;
    uint32_t id;    /* 0: free. Stored last, cleared first */
    uint32_t entry; /* index of the lock_entry */
};

/* Bits of an id that hooks act on, so that they need not look at the lock itself. Either makes an
 * id negative as a signed number. */
/* One of the two below, or the slot of an unproved semaphore, of a lock with LOCK_MARKS_WATCHED, of
 * one whose times are taken, or of one that fixes are for or may be. */
#define LOCK_ID_SPECIAL (1u << 31)
#define LOCK_ID_ROBUST  (1u << 30) /* trying a lost one leaves it locked: never try first */
#define LOCK_ID_RECORD_ALWAYS                                                                      \
    (1u << 29) /* readers queue behind its writers: each request counts                            \
                */
#define LOCK_ID_SERIAL (LOCK_ID_RECORD_ALWAYS - 1)
/* Both of them: a semaphore used as a signal, a condition, a barrier, or a lock that only an
 * annotation has spoken of, so that its kind is not known until its first request. Such an id is
 * never held and never recorded.
 */
#define LOCK_ID_SIGNAL (LOCK_ID_ROBUST | LOCK_ID_RECORD_ALWAYS)

static inline bool lock_id_is_signal(uint32_t id)
{
    return (id & LOCK_ID_SIGNAL) == LOCK_ID_SIGNAL;
}

/* Beside TRACE_MARK_*, never recorded as marks: a thread waited on a condition with it, or
 * signalled one while holding it; other processes may know the lock (LOCK_MAPPING is written);
 * lock_notes.h knows something of it; it may be released by threads that do not hold it; the object
 * carries its birth mark; a semaphore on its way to be proved a lock. Of signal_hazard.h: not taken
 * since there are (more) handlers; taken in one; and found to be a hazard. */
enum {
    LOCK_MARK_UNMET = 1 << 6,
    LOCK_MARK_IN_HANDLER = 1 << 7,
    LOCK_MARK_TOLD = 1 << 8,
    LOCK_MARK_MONITOR = 1 << 9,
    LOCK_MARK_SHARED = 1 << 10,
    LOCK_MARK_NOTED = 1 << 11,
    LOCK_MARK_HANDED_OVER = 1 << 12,
    LOCK_MARK_BIRTH = 1 << 13,
    LOCK_MARK_TAKEN = 1 << 14,
    LOCK_MARK_RELEASED = 1 << 15,
    /* No record names the lock for these. */
    LOCK_MARKS_UNRECORDED = LOCK_MARK_MONITOR | LOCK_MARK_HANDED_OVER | LOCK_MARK_BIRTH |
                            LOCK_MARK_TAKEN | LOCK_MARK_RELEASED | LOCK_MARK_UNMET |
                            LOCK_MARK_IN_HANDLER,
    LOCK_MARKS_WATCHED = LOCK_MARK_UNMET | LOCK_MARK_IN_HANDLER,
};

/* An annotated lock may have the address of the mutex it is made of: the program's own locks are
 * objects of another space, with this bit set. What lies where is asked without it. */
#define LOCK_OBJECT_OWN ((uintptr_t)1 << 62)

static inline uintptr_t lock_object_place(uintptr_t object)
{
    return object & ~LOCK_OBJECT_OWN;
}

/* The table, replaced by a larger copy when half full; an outgrown one reads as empty. Growing
 * publishes first the slots, then the shift, and readers load in the other order: whatever they
 * mix, the index stays inside. Before the first lock: slots that are always free. */
struct lock_slots {
    struct lock_slot *slots;
    uint64_t shift; /* 64 - log2 of the number of slots */
};
extern struct lock_slots lock_slots __attribute__((visibility("hidden")));

struct lock_entry {
    uint64_t address; /* first half: the pool's link while free */
    uint32_t id;
    uint32_t init_stack, first_stack; /* stack ids */
    uint32_t init_thread, first_thread;
    uint32_t written; /* recording_epoch; under recording_lock */
    uint32_t page_next;
    uint16_t kind, flags;
    uint16_t marks;       /* TRACE_MARK_*, LOCK_MARK_* */
    uint16_t opens;       /* named semaphore: sem_open calls not yet matched by sem_close */
    uint32_t stack_owner; /* thread id, with TRACE_LOCK_ON_STACK */
    /* What signal_hazard.c remembers: where it was taken, in or beside a handler, and the signals
     * of that handler or that could have arrived. */
    uint32_t side_stack, side_thread;
    uint64_t signals;
    /* Any thread counts here, by compare and swap: the id the instance has in events (its first) in
     * the high half, how many of its events were numbered in the low one. 0: its word counts. */
    uint64_t events;
    uint32_t initial; /* 1 more than a semaphore's value or a barrier's count at first; 0 unknown */
    uint32_t route;   /* LOCK_ROUTE_*, or a number of standin.h; 0: not judged yet */
};
_Static_assert(sizeof(struct lock_entry) == 80, "as promised above");

static inline uint64_t lock_table_hash(uint64_t address)
{
    return (address >> 2) * 0x9e3779b97f4a7c15u;
}

/* The id of the instance at `object`, 0 if none is seen. */
uint32_t lock_table_find(const void *object);

/* The same, and a number that is the instance's alone while it lives, small and used again. */
uint32_t lock_table_find_index(const void *object, uint32_t *index);

/* The same for an instance in its first slot; 0 also if it lies further on. Negative also for a
 * semaphore that is not proved a lock yet: its hooks have more to do. */
static inline __attribute__((always_inline)) uint32_t lock_table_find_first(const void *object)
{
    uint64_t address = (uintptr_t)object;
    uint64_t shift = __atomic_load_n(&lock_slots.shift, __ATOMIC_ACQUIRE);
    const struct lock_slot *slots = __atomic_load_n(&lock_slots.slots, __ATOMIC_ACQUIRE);
    const struct lock_slot *slot = &slots[lock_table_hash(address) >> shift];
    uint32_t id = __atomic_load_n(&slot->id, __ATOMIC_ACQUIRE);
    bool is_it = __atomic_load_n(&slot->address, __ATOMIC_ACQUIRE) == address &&
                 __atomic_load_n(&slot->id, __ATOMIC_RELAXED) == id;
    return __builtin_expect(is_it, 1) ? id : 0;
}

/* How hooks come to a lock where fixes are applied (standin.h), if its route is no number: as
 * without any; so, and it was made recursive by the fix in the low bits; and whether the inline way
 * is open to it: not where another lock may be constructed in its place, which must be judged
 * before anybody has it. */
#define LOCK_ROUTE_OWN       (1u << 31)
#define LOCK_ROUTE_RECURSIVE (1u << 30)
#define LOCK_ROUTE_INLINE    (1u << 29)

/* Set before the first lock is known: locks take the slow way until they are judged, and then if
 * theirs is not LOCK_ROUTE_INLINE; or all do, for good. */
enum lock_routing { LOCK_ROUTING_OFF, LOCK_ROUTING_BY_LOCK, LOCK_ROUTING_ALL };
extern enum lock_routing lock_table_routing __attribute__((visibility("hidden")));

struct lock_birth {
    uint16_t kind;  /* enum trace_lock_kind, or 0 */
    uint16_t flags; /* TRACE_LOCK_* */
    uint16_t marks; /* TRACE_MARK_SIGNAL or 0 */
    uint32_t stack, thread;
};

/* The instance at `object`, made if there is none, or none with a kind; 0 without memory. Birth
 * with kind 0: of unknown kind, if it is new. Guarded callers only. */
uint32_t lock_table_enter(const void *object, const struct lock_birth *birth);

/* If nothing is known of `untyped` but its address, that is what is now known as `object`. */
void lock_table_give_kind(const void *untyped, const void *object, const struct lock_birth *birth);

/* A new instance at `object`, ending any that was there. */
void lock_table_create(const void *object, const struct lock_birth *birth);

/* The same for a named semaphore, which may be open already; the last close ends it. */
void lock_table_open(const void *object, const struct lock_birth *birth);
void lock_table_close(const void *object);

/* Ends the instance at `object`, or all whose address lies in [start, end). */
void lock_table_retire(const void *object);
void lock_table_retire_range(uintptr_t start, uintptr_t end);

/* False while no lock was ever seen. */
static inline bool lock_table_any(void)
{
    return __atomic_load_n(&lock_slots.shift, __ATOMIC_RELAXED) != 63;
}

/* False when certainly no lock lies in the pages of [start, end); a few instructions for a small
 * range. Any thread, no lock. */
static inline bool lock_table_may_hold(uintptr_t start, uintptr_t end)
{
    return lock_pages_next(start, end) < end && !lock_pages_none_inside(start, end);
}

/* The lowest instance in [start, end), or UINTPTR_MAX. */
uintptr_t lock_table_lowest(uintptr_t start, uintptr_t end);

/* Copies out the instances in [start, end), at most `most`; how many it found. */
uint32_t lock_table_inside(uintptr_t start, uintptr_t end, struct lock_entry *found, uint32_t most);

/* Marks the instance; true if it is the first time, and then `before` is what it was. One that
 * becomes a signal goes on under another id: whoever still holds it holds something that has
 * ended. */
bool lock_table_mark(const void *object, uint16_t marks, struct lock_entry *before);

/* What events say of an instance: its id there, and a number of its own. */
struct event_number {
    uint32_t object, sequence;
};

/* The next number (nobody else counts meanwhile, if `alone`), or the last one given; false if the
 * instance is not known or counts elsewhere (events.h). From the third on it does, once. Any
 * thread, no lock. */
bool lock_table_count_event(const void *object, bool alone, struct event_number *number);
bool lock_table_sample_events(const void *object, struct event_number *number);
bool lock_table_move_events(const void *object, struct event_number *number);

/* Where the instance counts, the number first and then `id`: NULL if it counts elsewhere, has ended
 * or has another id in events. Stays readable for ever, though it may be another instance's. */
uint32_t *lock_table_events(const void *object, uint32_t id);

/* A semaphore or barrier begins with this value. */
void lock_table_set_initial(const void *object, uint32_t value);

/* The entry of whatever instance is there, copied out. */
bool lock_table_get_any(const void *object, struct lock_entry *entry);

/* Between these the memory of a lock that was still known after the first stays readable: whoever
 * retires locks waits for the second, though not for ever. Short: a few loads. */
void lock_table_pin(void);
void lock_table_unpin(void);

/* The kind of the instance at `object`, and its marks, 0 if none is seen. Without the table's lock.
 */
uint16_t lock_table_kind(const void *object);
uint16_t lock_table_marks(const void *object);

/* Its route; 0 also if it is not seen. Without the table's lock. */
uint32_t lock_table_route(const void *object);

/* Changes a live instance under the table's lock; its id stays. */
void lock_table_change(const void *object, uint32_t id,
                       void (*change)(struct lock_entry *entry, void *context), void *context);

/* All locks there are, and those to come, have LOCK_MARK_UNMET. */
void lock_table_watch_all(void);

/* Has the instance not ended? Without the table's lock where it has not. */
bool lock_table_is_live(const void *object, uint32_t id);

/* The entry of a live instance, copied out; false if it has ended. */
bool lock_table_get(const void *object, uint32_t id, struct lock_entry *entry);

/* Writes the instance's LOCK record unless it is there; under recording_lock. */
void lock_table_record(const void *object, uint32_t id);

/* In a fork child: locks known so far are from before the fork. */
void lock_table_after_fork(void);
bool lock_table_is_inherited(uint32_t id);

#endif
