/* What a thread requested while it held nothing.
 *
 * Such a request orders nothing and is not recorded, unless somebody joins the thread while
 * holding locks: then all it requests matters, as if it held a lock from its start to its end. That
 * may become known only when it is over, so each thread remembers the locks it requested that way,
 * each once in each mode, with the stack and segment of the first time.
 *
 * Filled on the slow path of a request, so the steady state costs nothing; a lock requested from a
 * call stack that had requested another before is therefore not noticed. Places are reused when
 * their lock has ended; a thread that had to forget a live one is counted when that turns out to
 * matter. */
#ifndef UNKNOT_SHIM_LONE_REQUESTS_H
#define UNKNOT_SHIM_LONE_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/platform/inner_lock.h"
#include "trace/format.h"

enum { LONE_REQUEST_SETS = 32, LONE_REQUEST_WAYS = 4 };

struct lone_request {
    uint64_t address;
    uint32_t lock; /* 0: free */
    uint32_t stack, segment, mode;
};

struct lone_requests {
    struct inner_lock lock; /* for recording them; the sets are read while the thread writes */
    bool has_forgotten;
    bool are_recorded; /* somebody joins the thread: each new one is recorded at once */
    struct lone_request sets[LONE_REQUEST_SETS][LONE_REQUEST_WAYS];
};

struct shim_thread;

/* The caller (guarded) requests the lock of `entry`, and holds nothing. */
void lone_requests_note(struct shim_thread *self, const struct trace_held *entry);

/* Somebody is about to wait for the end of `thread` while it holds locks: that end becomes a lock,
 * at the address of the thread's state, until another thread with this state is awaited. What the
 * thread requested is recorded, and from now on each new request. Any guarded thread; `thread` must
 * not be reclaimed meanwhile. */
void lone_requests_await(struct shim_thread *thread);

#endif
