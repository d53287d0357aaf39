#include "shim/core/lone_requests.h"

#include <stddef.h>

#include "shim/core/chain_table.h"
#include "shim/core/dependency.h"
#include "shim/core/lock_table.h"
#include "shim/core/thread.h"
#include "shim/platform/recording.h"

enum { MODE_BITS = 15 };

static bool is_alive(const struct lone_request *request)
{
    return request->lock &&
           lock_table_is_live((const void *)(uintptr_t)request->address, request->lock);
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

/* Also as an edge from the thread's end, for those who look at orders in this process. */
static void record(const struct shim_thread *thread, const struct lone_request *request)
{
    uint32_t lock = lock_table_find(thread);
    uint32_t end = lock ? chain_table_enter(0, lock, 0) : 0;
    dependency_record_lone(thread->id, request);
    if (end)
        chain_table_enter(end, request->lock, request->mode);
}

/* The joiner either finds the request in its place or has said before that it is to be recorded. */
void lone_requests_note(struct shim_thread *self, const struct trace_held *entry)
{
    struct lone_requests *lone = &self->lone;
    uint32_t mode = entry->site_mode & MODE_BITS;
    struct lone_request *place = find_place(lone, entry->lock, mode);
    if (!place)
        return;
    __atomic_store_n(&place->lock, 0, __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_release);
    place->address = entry->address;
    place->stack = entry->stack;
    place->segment = self->segment;
    place->mode = mode;
    __atomic_store_n(&place->lock, entry->lock, __ATOMIC_RELEASE);
    atomic_thread_fence(memory_order_seq_cst);
    if (!__atomic_load_n(&lone->are_recorded, __ATOMIC_ACQUIRE))
        return;
    inner_lock_acquire(&lone->lock);
    record(self, place);
    inner_lock_release(&lone->lock);
}

/* One that is being replaced is no longer there, or recorded by who replaces it. */
static bool read_request(const struct lone_request *place, struct lone_request *request)
{
    uint32_t lock = __atomic_load_n(&place->lock, __ATOMIC_ACQUIRE);
    *request = *place;
    atomic_thread_fence(memory_order_acquire);
    return lock && request->lock == lock &&
           __atomic_load_n(&place->lock, __ATOMIC_RELAXED) == lock && is_alive(request);
}

static void record_all(const struct shim_thread *thread)
{
    const struct lone_requests *lone = &thread->lone;
    for (size_t i = 0; i < LONE_REQUEST_SETS * LONE_REQUEST_WAYS; i++) {
        struct lone_request request;
        if (read_request(&lone->sets[i / LONE_REQUEST_WAYS][i % LONE_REQUEST_WAYS], &request))
            record(thread, &request);
    }
    if (lone->has_forgotten)
        recording_count_lost(TRACE_LOST_lone_request);
}

void lone_requests_await(struct shim_thread *thread)
{
    const struct lock_birth birth = {
        .kind = TRACE_LOCK_THREAD, .stack = thread->created_stack, .thread = thread->id};
    inner_lock_acquire(&thread->lone.lock);
    if (!thread->lone.are_recorded) {
        lock_table_create(thread, &birth);
        __atomic_store_n(&thread->lone.are_recorded, true, __ATOMIC_RELEASE);
        atomic_thread_fence(memory_order_seq_cst);
        record_all(thread);
    }
    inner_lock_release(&thread->lone.lock);
}
