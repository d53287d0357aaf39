/* What a blocked thread waits for, and who can end it: from the futex it sleeps on, the function it
 * sleeps in and the C library's own fields (glibc_layout.h).
 *
 * Not thread-safe; allocates from the arena of the subject. A living thread is stopped for a moment
 * to read its registers. Nothing read is believed that does not
 * fit the rest: what fits nothing is a wait for an unknown futex. */
#ifndef UNKNOT_DIAGNOSE_WAIT_H
#define UNKNOT_DIAGNOSE_WAIT_H

#include "analyzer/diagnose/subject.h"

/* Kinds live once, in wait_kinds.def. */
enum wait_kind {
#define WAIT_KIND(NAME, lock, ends, text) WAIT_##NAME,
#include "analyzer/diagnose/wait_kinds.def"
#undef WAIT_KIND
};

enum holder_state {
    HOLDER_UNKNOWN, /* one is, but nothing tells who; or anyone may end the wait */
    HOLDER_THREAD,
    HOLDER_GONE,      /* held by a thread that is not in the process any more */
    HOLDER_ELSEWHERE, /* by another process that shares it */
};

#define WAIT_READS 1u /* wants a rwlock for reading */

struct wait {
    struct target_thread *thread;
    struct frame_list stack; /* native; complete only as far as unwinding went */
    size_t function_frame;   /* the C library's function that it waits in; SIZE_MAX when unknown */
    enum wait_kind kind;
    uint32_t flags;
    uint64_t futex, object;
    uint32_t lock; /* id in the subject's execution; 0 for the end of a thread */
    bool timed;    /* it gives up by itself */
    bool moved;    /* it went on between the two looks at the process: not stuck */
    enum holder_state holder;
    uint32_t holder_tid; /* unless it is unknown */
    bool is_python;      /* Python tells it, not the C library */
    struct frame taken;  /* where the holder took it, as Python tells; line 0 when unknown */
    uint32_t readers;    /* who hold a rwlock for reading, if so many can be told */
};

/* Whether the thread sleeps in a futex. */
bool wait_is_futex(const struct target_thread *thread);

/* "mutex" */
const char *wait_kind_text(enum wait_kind kind);

/* Whether one particular thread must act to end such a wait. */
bool wait_kind_has_holder(enum wait_kind kind);

/* Fills in all but `moved`. False when the thread waits for nothing. */
__attribute__((warn_unused_result)) bool wait_read(struct subject *subject,
                                                   struct target_thread *thread, struct wait *wait);

/* The same for a thread that runs: is it in pthread_spin_lock, on a lock that is held? A living
 * thread is stopped for a moment; it counts as moving, as it may have the lock the next one. */
__attribute__((warn_unused_result)) bool
wait_read_spin(struct subject *subject, struct target_thread *thread, struct wait *wait);

/* Whether the object shows the same holder again. */
bool wait_is_still_held(struct subject *subject, const struct wait *wait);

/* Finds who runs the initialisers that others wait for, from all their stacks: the C library does
 * not tell. It is left unknown where several threads could be it. */
void wait_find_initialisers(struct wait *waits, size_t count);

/* The stack without the C library's functions in front and what starts threads behind. */
struct frame_list wait_program_frames(const struct wait *wait);

/* The same of any stack. */
struct frame_list wait_program_part(struct frame_list stack);

#endif
