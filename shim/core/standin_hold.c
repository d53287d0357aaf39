#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/core/lock_table.h"
#include "shim/core/standin_fix.h"
#include "shim/platform/memory.h"
#include "shim/platform/real.h"

/* As glibc writes it into the mutexes that the thread has; in a fork child still the parent's until
 * standin_after_fork. */
static __thread uint32_t own_tid __attribute__((tls_model("initial-exec")));

static uint32_t tid(void)
{
    if (!own_tid)
        own_tid = (uint32_t)syscall(SYS_gettid);
    return own_tid;
}

static uint32_t owner_of(const struct standin *standin)
{
    return (uint32_t)__atomic_load_n(&standin->mutex.__data.__owner, __ATOMIC_RELAXED);
}

bool standin_is_mine(const struct standin *standin)
{
    uint32_t owner = owner_of(standin);
    return owner && owner == tid();
}

uint32_t standin_depth(const struct standin *standin)
{
    return standin->mutex.__data.__count;
}

struct standin_hold *standin_hold_of(struct standin *standin, const void *object, bool is_before)
{
    for (uint32_t i = standin->hold_count; i-- > 0;) {
        struct standin_hold *hold = &standin->holds[i];
        if (hold->object == object && hold->count && hold->is_before == is_before)
            return hold;
    }
    return NULL;
}

static bool make_room(struct standin *standin)
{
    if (standin->hold_count < standin->hold_room)
        return true;
    uint32_t bytes = standin->hold_room * sizeof(standin->holds[0]);
    struct standin_hold *larger = memory_map(bytes * 2);
    if (!larger)
        return false;
    memcpy(larger, standin->holds, bytes);
    if (standin->holds != standin->first_holds)
        memory_unmap(standin->holds, bytes);
    standin->holds = larger;
    standin->hold_room *= 2;
    return true;
}

void standin_hold_add(struct standin *standin, const struct standin_hold *taken)
{
    struct standin_hold *hold = standin_hold_of(standin, taken->object, taken->is_before);
    standin_fix_count_acquisition(standin->fix);
    if (hold)
        hold->count += taken->count;
    else if (make_room(standin))
        standin->holds[standin->hold_count++] = *taken;
    else
        standin->untracked++;
}

static void forget(struct standin *standin, struct standin_hold *hold)
{
    *hold = standin->holds[--standin->hold_count];
}

bool standin_hold_drop(struct standin *standin, const void *object, bool is_before)
{
    struct standin_hold *hold = standin_hold_of(standin, object, is_before);
    if (!hold && !standin->untracked)
        return false;
    if (!hold)
        standin->untracked--;
    else if (!--hold->count)
        forget(standin, hold);
    return true;
}

uint32_t standin_hold_drop_ended(struct standin *standin)
{
    for (uint32_t i = 0; i < standin->hold_count; i++) {
        struct standin_hold *hold = &standin->holds[i];
        uint32_t count = hold->count;
        if (lock_table_find(hold->object) == hold->lock)
            continue;
        forget(standin, hold);
        return count;
    }
    return 0;
}

void standin_init(struct standin *standin, uint32_t fix)
{
    *standin = (struct standin){
        .mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
        .fix = fix,
        .holds = standin->first_holds,
        .hold_room = STANDIN_HOLDS,
    };
    REAL(sem_init)(&standin->wake, 0, 0);
}

/* The thread that forked goes on with what it had; what others had is free, as nothing is left of
 * them that could give it back. */
void standin_renew(struct standin *standin, uint32_t parent_tid, uint32_t child_tid)
{
    REAL(sem_init)(&standin->wake, 0, 0);
    atomic_store(&standin->sleepers, 0);
    if (parent_tid && owner_of(standin) == parent_tid)
        standin->mutex.__data.__owner = (int)child_tid;
    else
        standin_init(standin, standin->fix);
}

void standin_hold_after_fork(void (*renew)(uint32_t parent_tid, uint32_t child_tid))
{
    uint32_t parent_tid = own_tid;
    own_tid = (uint32_t)syscall(SYS_gettid);
    renew(parent_tid, own_tid);
}
