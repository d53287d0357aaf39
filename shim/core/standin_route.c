#include "shim/core/standin_route.h"

#include "shim/core/standin_fix.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"

struct route {
    struct standin_route to;
    uint32_t next;       /* in a list: of the shared ones, or of those unused */
    struct standin *own; /* of one lock, kept for the next; NULL: a shared route */
};

static struct inner_lock lock; /* protects the making of routes */
static struct pool routes = POOL_INIT(struct route, 64);
static uint32_t shared, unused; /* lists */
static struct carver standins;

static struct route *route_at(uint32_t number)
{
    return pool_at(&routes, number);
}

const struct standin_route *standin_route_at(uint32_t number)
{
    return &route_at(number)->to;
}

static uint32_t find_shared(const struct standin_route *to)
{
    uint32_t number = shared;
    while (number && (route_at(number)->to.instead != to->instead ||
                      route_at(number)->to.before != to->before))
        number = route_at(number)->next;
    return number;
}

uint32_t standin_route_share(const struct standin_route *to)
{
    inner_lock_acquire(&lock);
    uint32_t number = find_shared(to);
    if (!number && (number = pool_alloc(&routes))) {
        *route_at(number) = (struct route){.to = *to, .next = shared};
        shared = number;
    }
    inner_lock_release(&lock);
    return number;
}

/* A number with a stand-in, used before or new. */
static uint32_t take_unused(void)
{
    uint32_t number = unused;
    if (number) {
        unused = route_at(number)->next;
        return number;
    }
    struct standin *standin = carver_alloc(&standins, sizeof(*standin));
    if (!standin || !(number = pool_alloc(&routes)))
        return 0;
    *route_at(number) = (struct route){.own = standin};
    return number;
}

uint32_t standin_route_own(const struct standin_route *to, uint32_t fix)
{
    inner_lock_acquire(&lock);
    uint32_t number = take_unused();
    if (number) {
        struct route *route = route_at(number);
        standin_init(route->own, fix);
        route->to = (struct standin_route){.instead = route->own, .before = to->before};
    }
    inner_lock_release(&lock);
    return number;
}

void standin_route_ended(uint32_t number)
{
    struct route *route = standin_route_has_number(number) ? route_at(number) : NULL;
    if (!route || !route->own || route->own->mutex.__data.__lock)
        return;
    lock_table_retire(&route->own->mutex);
    inner_lock_acquire(&lock);
    route->next = unused;
    unused = number;
    inner_lock_release(&lock);
}

void standin_route_renew_own(uint32_t parent_tid, uint32_t child_tid)
{
    inner_lock_reset(&lock);
    for (uint32_t number = 1; number <= routes.used; number++) {
        if (route_at(number)->own)
            standin_renew(route_at(number)->own, parent_tid, child_tid);
    }
}
