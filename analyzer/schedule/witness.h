/* Whether a circle of requests can deadlock: a schedule of the recorded synchronization that does,
 * or a proof that none can, or neither.
 *
 * A pattern is k abstract requests of k threads, each of a lock that the next one holds
 * (cyclically) in a conflicting mode, no two under a common gate. A witness takes events of the
 * trace, of each thread the first so many, in an order in which each could happen as it did; then k
 * threads have their request as the next event and none can ever go on.
 *
 * First the schedules that keep the order of the trace: SPDOffline (Tunc, Mathur, Pavlogiannis,
 * Viswanathan, Sound Dynamic Deadlock Prediction in Linear Time, PLDI 2023). If what must come
 * before the requests, closed under "of two conflicting sections inside, the earlier is over",
 * holds none of them, it is a witness in the order of the trace; else a request it holds gives way
 * to the next like it. It finds every such deadlock. If there is none: greedy reversal, which lets
 * sections of one lock change places; what it finds is a witness, what it does not find may be
 * there.
 *
 * A witness is only as good as its replay by another's hand: simulator.h.
 *
 * An index is made of the whole trace: 32 bytes for each section of a lock that several threads
 * use, 12 for each edge between threads, in two passes. A pattern costs time linear in what lies
 * before its requests, whatever the number of threads and locks. One thread at a time may use an
 * index. */
#ifndef UNKNOT_SCHEDULE_WITNESS_H
#define UNKNOT_SCHEDULE_WITNESS_H

#include "analyzer/schedule/abstract_request.h"

struct schedule_index;

struct schedule_index *schedule_index_create(struct arena *arena,
                                             const struct abstract_requests *requests);

enum witness_verdict {
    WITNESS_FOUND,     /* a schedule of the recorded synchronization deadlocks */
    WITNESS_DISMISSED, /* none does, in whatever order */
    WITNESS_UNKNOWN,   /* none was found */
};

/* The schedule: events order[0 .. order_count - 1], then all the requests. */
struct witness {
    const uint32_t *order; /* positions in the trace; lives in the arena */
    size_t order_count;
    /* Positions of the REQUEST events: of the pattern's members in their order, then of the writers
     * that make its readers wait for readers. Each is the first event of its thread that is not in
     * the schedule; what begins another wait than for a lock (wait_request.h) is in it, too. */
    const uint32_t *requests;
    size_t member_count, request_count;
    bool is_reversed; /* not in the order of the trace */
    /* There is one in the order of the trace, too, in which each section comes after the one whose
     * data it may have read, but for those of the pattern's locks that its threads stand in. */
    bool keeps_data;
    /* It goes past a place that led to waits elsewhere, without the signal by which it may not have
     * waited there: no proof. */
    bool skips_signal;
    bool is_guessed; /* it holds an event whose cause is not certain: a failed try by one of several
                        holders */
    uint32_t doubtful; /* if either: the position of the first such place or event */
};

/* Whether what the request begins is in the schedule. */
bool witness_is_begun(const struct witness *witness, size_t request);

/* Why none can: in every schedule, whatever request of one member is taken, that of another has
 * been granted before (or the other way round). */
struct witness_dismissal {
    size_t earlier, later; /* members */
    /* Positions of events: `from` of the earlier's thread comes before `to` of another one, in all
     * schedules, and so on to the later's. */
    uint32_t from, to;
};

struct witness_result {
    enum witness_verdict verdict;
    struct witness witness;             /* WITNESS_FOUND; lives in the arena */
    struct witness_dismissal dismissal; /* WITNESS_DISMISSED */
    bool is_cut;                        /* WITNESS_UNKNOWN: the search was given up */
};

/* Looks at events and sections taken so far, by all patterns. */
uint64_t schedule_index_work(const struct schedule_index *index);

/* Judges the pattern: `count` requests of different threads, none with a time limit; or one of a
 * reader that asks for what it reads already, behind a writer. */
void witness_find(struct schedule_index *index, struct arena *arena,
                  const struct abstract_request *const *pattern, size_t count,
                  struct witness_result *result);

/* The same without reversal: a pattern that would need it is WITNESS_UNKNOWN. */
void witness_find_in_order(struct schedule_index *index, struct arena *arena,
                           const struct abstract_request *const *pattern, size_t count,
                           struct witness_result *result);

#endif
