#include "shim/core/lone_requests.h"

#include <stddef.h>

#include "shim/core/dependency.h"
#include "shim/core/lock_table.h"
#include "shim/core/thread.h"
#include "shim/platform/recording.h"

enum { MODE_BITS = 15 };

static bool is_alive(const struct lone_request *request)
{
    struct lock_entry ignored;
    return request->lock &&
           lock_table_get((const void *)(uintptr_t)request->address, request->lock, &ignored);
}

/* The place of a new request in its set: a free one, a dead lock's, else the first, whose request
 * is forgotten. NULL if the request is there already. */
static struct lone_request *find_place(struct lone_requests *lone, uint32_t lock, uint32_t mode)
{
    struct lone_request *set = lone->sets[lock % LONE_REQUEST_SETS];
    for (int way = 0; way < LONE_REQUEST_WAYS; way++) {
        if (set[way].lock == lock && set[way].mode == mode)
            return NULL;
    }
    for (int way = 0; way < LONE_REQUEST_WAYS; way++) {
        if (!is_alive(&set[way]))
            return &set[way];
    }
    lone->has_forgotten = true;
    return set;
}

void lone_requests_note(struct shim_thread *self, const struct trace_held *entry)
{
    struct lone_requests *lone = &self->lone;
    uint32_t mode = entry->site_mode & MODE_BITS;
    inner_lock_acquire(&lone->lock);
    struct lone_request *place = find_place(lone, entry->lock, mode);
    if (place) {
        *place = (struct lone_request){.address = entry->address,
                                       .lock = entry->lock,
                                       .stack = entry->stack,
                                       .segment = self->segment,
                                       .mode = mode};
        if (lone->are_recorded)
            dependency_record_lone(self->id, place);
    }
    inner_lock_release(&lone->lock);
}

bool lone_requests_record(struct shim_thread *thread)
{
    struct lone_requests *lone = &thread->lone;
    inner_lock_acquire(&lone->lock);
    bool is_first = !lone->are_recorded;
    lone->are_recorded = true;
    for (size_t i = 0; is_first && i < LONE_REQUEST_SETS * LONE_REQUEST_WAYS; i++) {
        const struct lone_request *request =
            &lone->sets[i / LONE_REQUEST_WAYS][i % LONE_REQUEST_WAYS];
        if (is_alive(request))
            dependency_record_lone(thread->id, request);
    }
    if (is_first && lone->has_forgotten)
        recording_count_lost(TRACE_LOST_lone_request);
    inner_lock_release(&lone->lock);
    return is_first;
}
