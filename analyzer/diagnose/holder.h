/* Who holds what a thread waits for, from the C library's own fields. Each function says whether
 * the object can be of its kind and, if so, fills in the wait's object and holder. Not thread-safe;
 * one or a few reads of the target each. */
#ifndef UNKNOT_DIAGNOSE_HOLDER_H
#define UNKNOT_DIAGNOSE_HOLDER_H

#include "analyzer/diagnose/wait.h"

__attribute__((warn_unused_result)) bool holder_take_mutex(struct subject *subject,
                                                           struct wait *wait);

/* A priority-inheriting mutex the kernel refused to wait for, as that would be a deadlock: glibc
 * then sleeps for ever on a word of the thread's stack. */
__attribute__((warn_unused_result)) bool holder_take_paused_mutex(struct subject *subject,
                                                                  struct wait *wait);

__attribute__((warn_unused_result)) bool holder_take_rwlock(struct subject *subject,
                                                            struct wait *wait);
__attribute__((warn_unused_result)) bool holder_take_stream(struct subject *subject,
                                                            struct wait *wait);
__attribute__((warn_unused_result)) bool holder_take_join(struct subject *subject,
                                                          struct wait *wait);

/* TRACE_LOCK_*, as far as the object shows them. */
uint32_t holder_lock_flags(struct subject *subject, const struct wait *wait);

#endif
