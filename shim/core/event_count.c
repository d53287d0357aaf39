#include "shim/core/event_count.h"

/* A handler that comes in between writes one or the other whole: a word that is not the id's is
 * noticed. */
void event_count_remember(struct shim_thread *self, const void *object, uint32_t lock)
{
    struct event_counter *known = &self->counters[lock % EVENT_COUNTERS];
    event_word *word = lock_table_events(object, lock);
    if (!word)
        return;
    known->lock = 0;
    atomic_signal_fence(memory_order_seq_cst);
    known->word = word;
    atomic_signal_fence(memory_order_seq_cst);
    known->lock = lock;
}
