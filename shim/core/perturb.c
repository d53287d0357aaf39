#include "shim/core/perturb.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/capture/module.h"
#include "shim/core/steer_record.h"
#include "shim/core/thread.h"
#include "shim/platform/task.h"

/* Of 256 places: how many yield, sleep, sleep long. After `OFTEN` times at a place half of those,
 * after twice as many a quarter, and so on. */
enum { YIELDS = 48, SLEEPS = 32, LONG_SLEEPS = 2, OFTEN = 64 };
enum { SHORTEST_NS = 10000, LONGEST_NS = 1000000, LONG_NS = 10000000, YIELD_NS = 1 };

bool perturb_is_on;
static uint64_t seed;

void perturb_start(uint32_t chosen)
{
    perturb_is_on = chosen != 0;
    seed = chosen;
}

static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/* The same in every run, wherever the module lies: by the last part of its name. */
static uint64_t hash_of_place(uintptr_t address)
{
    struct module_place place;
    if (!module_find(address, &place))
        return 0;
    const char *slash = strrchr(place.path, '/');
    uint64_t hash = address - place.bias;
    for (const char *name = slash ? slash + 1 : place.path; *name; name++)
        hash = hash * 31 + (unsigned char)*name;
    return mix(hash);
}

/* 0 for most places. */
static uint64_t delay_of(uint64_t chance, uint32_t visits)
{
    uint64_t rest = chance >> 8, one_in = visits / OFTEN + 1;
    uint32_t sort = chance % 256;
    if (rest % one_in)
        return 0;
    rest /= one_in;
    if (sort < YIELDS)
        return YIELD_NS;
    if (sort < YIELDS + SLEEPS)
        return SHORTEST_NS + rest % (LONGEST_NS - SHORTEST_NS);
    return sort < YIELDS + SLEEPS + LONG_SLEEPS ? LONG_NS : 0;
}

static uint64_t visit(struct shim_thread *self, uintptr_t address, uint64_t *chosen)
{
    const size_t places = sizeof(self->visits) / sizeof(self->visits[0]);
    uint64_t place = hash_of_place(address);
    uint32_t visits = self->visits[place % places]++;
    *chosen = mix(place + mix(seed + visits * 0x9e3779b97f4a7c15u));
    return delay_of(*chosen, visits);
}

void perturb_here_slowly(uintptr_t address)
{
    int saved_errno = errno;
    struct shim_thread *self = thread_enter_guarded();
    uint64_t chosen;
    if (!self)
        return;
    uint64_t delay_ns = visit(self, address, &chosen);
    steer_record_delay(chosen, delay_ns);
    thread_unguard(self);
    if (delay_ns == YIELD_NS)
        syscall(SYS_sched_yield);
    else if (delay_ns)
        task_sleep(delay_ns);
    errno = saved_errno;
}
