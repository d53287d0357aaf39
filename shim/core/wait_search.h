/* Who waits for whom, followed from one thread: does it wait, in the end, for itself, or for a
 * thread that is no more? Breadth-first, so that what is found is a shortest way.
 *
 * Knows nothing of locks: whom a thread waits for is asked through a function. Up to
 * WAIT_SEARCH_SMALL threads on the way need no memory but the caller's stack; beyond, pages of its
 * own for as long as it runs. Any thread; takes no lock. Cost: linear in the threads and waits on
 * the way, with a comparison for each pair of threads while they are few. */
#ifndef UNKNOT_SHIM_WAIT_SEARCH_H
#define UNKNOT_SHIM_WAIT_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WAIT_SEARCH_SMALL = 48,
    WAIT_SEARCH_GONE = 0, /* stands for a thread that has ended; real ones count from 1 */
};

#define WAIT_SEARCH_ELSEWHERE UINT32_MAX /* for one of another process, if of any */

struct wait_node {
    uint32_t thread;
    uint32_t from; /* the place of the node that waits for it */
};

struct wait_search {
    uint32_t start;
    uint32_t threads; /* the highest number there may be */
    /* Tells wait_search_add whom `thread` waits for. */
    void (*waits_for)(uint32_t thread, struct wait_search *search, void *context);
    void *context;

    struct wait_node *nodes; /* in the order they were met; the first is `start` */
    uint32_t count, next;    /* of them; the one being looked at */
    uint32_t *met;           /* by thread, once there are many: 1 if it has a node */
    bool is_closed, ends_in_gone, ends_elsewhere, is_cut;
    struct wait_node small[WAIT_SEARCH_SMALL];
};

/* Fill in the first four. True if there is a way back to `start` or to a thread that is gone; its
 * last thread is the one that waits for either. False without memory, too. */
bool wait_search_run(struct wait_search *search);

void wait_search_add(struct wait_search *search, uint32_t thread);

/* How many threads the way has, without the one that is gone, and the thread at each place. */
uint32_t wait_search_length(const struct wait_search *search);
uint32_t wait_search_thread(const struct wait_search *search, uint32_t place);

/* Gives back what it took. */
void wait_search_end(struct wait_search *search);

#endif
