/* What locks order in every schedule of a program.
 *
 * Which of two sections of a lock comes first differs from run to run. But if one is entered before
 * the other in all of them, and one of the two writes, it is over before the other is entered. (So
 * a lock that a thread takes as it begins and gives back as it ends orders who takes it to wait for
 * that end, if something else tells that the thread has begun.) What this orders can order more, so
 * that it is to be asked again until nothing changes.
 *
 * A closure for each thread, that grows with its sections; for each section a look at each other
 * thread that uses the lock. Nothing more is found after 64 million of these. 8 bytes for each
 * section. */
#ifndef UNKNOT_SCHEDULE_SECTION_ORDER_H
#define UNKNOT_SCHEDULE_SECTION_ORDER_H

#include "analyzer/schedule/schedule_index.h"

struct section_groups;

/* The sections of the index, by lock; NULL if no thread has any. */
struct section_groups *section_order_collect(struct schedule_index *index);

/* Adds to the must_edges of the index what follows from those it has. False: nothing did. */
__attribute__((warn_unused_result)) bool section_order_extend(struct schedule_index *index,
                                                              struct section_groups *groups);

#endif
