/* Circles of threads of which some wait for what any thread could bring, with a lock held that
 * another of them needs first.
 *
 * Each member waits for the next one: it asks for a lock that the next one holds, or for the end of
 * its thread, or waits for what the next one would do later: post, signal, come to the barrier. The
 * first member is a wait, and the last one asks for a lock that it holds, or for its end; so
 * circles of locks and joins alone are none of these. Members are by different threads, for
 * different objects, and no lock held by two keeps them from standing there at once.
 *
 * Depth first from every wait, shortest circles first, up to four members. Bounded by steps: one
 * for each pair of requests looked at. */
#ifndef UNKNOT_SCHEDULE_WAIT_PATTERN_H
#define UNKNOT_SCHEDULE_WAIT_PATTERN_H

#include "analyzer/schedule/wait_request.h"

/* The longest circles sought. Where many threads serve a wait, nearly all threads wait for nearly
 * all others in some way, and a longer circle says little that a shorter one does not. */
enum { WAIT_PATTERN_MEMBERS = 4 };

/* Called for each circle. True: of its first member's wait no more is wanted. Adds the steps that
 * it took itself to *steps. */
typedef bool wait_pattern_visit(void *context, const struct abstract_request *const *members,
                                size_t count, uint64_t *steps);

/* False: stopped after `limit` steps. */
__attribute__((warn_unused_result)) bool
wait_patterns_search(struct arena *arena, const struct wait_requests *waits, uint64_t limit,
                     wait_pattern_visit *visit, void *context);

#endif
