/* Adds an edge that was found later to those of a thread, which stay in the order of its events. */
#ifndef UNKNOT_SCHEDULE_MUST_EDGE_H
#define UNKNOT_SCHEDULE_MUST_EDGE_H

#include "analyzer/schedule/schedule_index.h"

static inline void must_edge_insert(struct arena *arena, struct thread_index *thread,
                                    struct edge edge)
{
    (void)array_add(arena, &thread->must_edges);
    size_t i = thread->must_edges.count - 1;
    for (; i > 0 && thread->must_edges.items[i - 1].index > edge.index; i--)
        thread->must_edges.items[i] = thread->must_edges.items[i - 1];
    thread->must_edges.items[i] = edge;
}

#endif
