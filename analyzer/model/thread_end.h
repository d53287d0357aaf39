/* The end of a thread as a lock.
 *
 * When a thread was joined by one that held locks, the recording has a lock of kind THREAD for it
 * (init_thread names it), requested by the joiner. The joined thread holds that lock all its life;
 * the recording leaves that to be added here: to each of its dependencies, as the first lock held,
 * taken where the thread was created. Linear in dependencies and their held locks. */
#ifndef UNKNOT_MODEL_THREAD_END_H
#define UNKNOT_MODEL_THREAD_END_H

#include "analyzer/model/execution.h"

/* Once, when the execution is otherwise complete. */
void thread_end_add_holds(struct arena *arena, struct execution *execution);

/* The thread whose end the lock is, or 0. */
uint32_t thread_end_of(const struct lock *lock);

#endif
