#include "shim/core/wait_search.h"

#include <stddef.h>
#include <string.h>

#include "shim/platform/memory.h"

static size_t large_bytes(const struct wait_search *search)
{
    return ((size_t)search->threads + 1) * (sizeof(struct wait_node) + sizeof(uint32_t));
}

/* There cannot be more nodes than threads. */
static bool grow(struct wait_search *search)
{
    struct wait_node *nodes = memory_map(large_bytes(search));
    if (!nodes)
        return false;
    memcpy(nodes, search->nodes, search->count * sizeof(*nodes));
    search->nodes = nodes;
    search->met = (uint32_t *)(nodes + search->threads + 1);
    for (uint32_t i = 0; i < search->count; i++)
        search->met[nodes[i].thread] = 1;
    return true;
}

static bool is_met(const struct wait_search *search, uint32_t thread)
{
    if (search->met)
        return search->met[thread];
    for (uint32_t i = 0; i < search->count; i++) {
        if (search->nodes[i].thread == thread)
            return true;
    }
    return false;
}

void wait_search_add(struct wait_search *search, uint32_t thread)
{
    if (thread == WAIT_SEARCH_GONE) {
        search->ends_in_gone |= !search->is_closed;
        return;
    }
    search->ends_elsewhere |= thread == WAIT_SEARCH_ELSEWHERE;
    search->is_closed |= thread == search->start && !search->ends_in_gone;
    if (thread > search->threads || is_met(search, thread))
        return;
    if (search->count == WAIT_SEARCH_SMALL && !search->met && !grow(search)) {
        search->is_cut = true;
        return;
    }
    if (search->met)
        search->met[thread] = 1;
    search->nodes[search->count++] = (struct wait_node){thread, search->next};
}

bool wait_search_run(struct wait_search *search)
{
    search->nodes = search->small;
    search->nodes[0] = (struct wait_node){search->start, 0};
    search->count = 1;
    search->met = NULL;
    search->is_closed = search->ends_in_gone = search->ends_elsewhere = search->is_cut = false;
    for (search->next = 0; search->next < search->count && !search->is_cut; search->next++) {
        search->waits_for(search->nodes[search->next].thread, search, search->context);
        if (search->is_closed || search->ends_in_gone)
            return true;
    }
    return false;
}

uint32_t wait_search_length(const struct wait_search *search)
{
    uint32_t length = 1;
    for (uint32_t i = search->next; i; i = search->nodes[i].from)
        length++;
    return length;
}

uint32_t wait_search_thread(const struct wait_search *search, uint32_t place)
{
    uint32_t node = search->next;
    for (uint32_t left = wait_search_length(search) - 1 - place; left; left--)
        node = search->nodes[node].from;
    return search->nodes[node].thread;
}

void wait_search_end(struct wait_search *search)
{
    if (search->met)
        memory_unmap(search->nodes, large_bytes(search));
}
