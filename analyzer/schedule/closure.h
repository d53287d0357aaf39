/* How far each thread must have come: the smallest set of events, of each thread the first so many,
 * that holds given ones, whatever comes before its members, and, of two sections of one lock that
 * exclude each other and both have begun in it, the end of the earlier one.
 *
 * For each lock the latest section that writes is kept, and the sections that read after it: a new
 * one can only exclude the earlier ones among these, or be earlier itself. So each section and each
 * edge is taken once, and adding to a closure again and again costs no more than making it at once.
 *
 * Memory: 4 bytes for each reading section inside, the rest by thread and lock. One closure at a
 * time for each `struct closure`. */
#ifndef UNKNOT_SCHEDULE_CLOSURE_H
#define UNKNOT_SCHEDULE_CLOSURE_H

#include "analyzer/schedule/schedule_index.h"

enum closure_rule {
    CLOSURE_IN_ORDER, /* sections keep the order of the trace, as above */
    CLOSURE_GUESSED,  /* in order, along the guesses too */
    CLOSURE_ENDED,    /* every section inside is over, but for those that cover a request */
    CLOSURE_DATA, /* in order, and each section after the writing one it followed in the trace, but
                     for those that cover a request with a lock of the pattern */
    CLOSURE_MUST, /* what comes before in every schedule of the program; no sections */
};

/* The cause of a thread's coming so far: an event of another thread must come after it. */
struct closure_cause {
    uint32_t event, thread, later_event;
};

struct closure *closure_create(struct arena *arena, const struct schedule_index *index);

/* Empty it, for another rule or pattern. */
void closure_begin(struct closure *closure, enum closure_rule rule);

/* CLOSURE_ENDED, CLOSURE_DATA: the sections of the thread that are open at this event of it, a
 * request of a pattern for the object, stay open. */
void closure_keep_open(struct closure *closure, uint32_t thread, uint32_t event, uint32_t object);

/* Each section of the lock comes after the writing one that it followed in the trace. */
void closure_keep_data(struct closure *closure, uint32_t object);

/* Takes the first so many events of the thread in, and all that this takes. False: a section would
 * have to be over that never is, and the closure is of no use. */
__attribute__((warn_unused_result)) bool closure_add(struct closure *closure, uint32_t thread,
                                                     uint32_t events);

/* How many events of the thread are inside. */
uint32_t closure_reach(const struct closure *closure, uint32_t thread);

/* CLOSURE_MUST: what the thread's reach was caused by; thread SYNC_UNKNOWN: it was added. */
struct closure_cause closure_cause_of(const struct closure *closure, uint32_t thread);

/* Events and sections taken in since the closure was made. */
uint64_t closure_work(const struct closure *closure);

#endif
