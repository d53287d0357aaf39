#include "shim/core/past_objects.h"

#include <errno.h>
#include <stddef.h>

#include "shim/core/thread.h"
#include "shim/platform/inner_lock.h"

enum { PLACES_LOG = 10 };

static struct inner_lock lock;
static struct past_object places[1 << PLACES_LOG];

static struct past_object *place_of(uintptr_t address)
{
    return &places[((address >> 2) * 0x9e3779b97f4a7c15u) >> (64 - PLACES_LOG)];
}

/* Read without the lock: at worst a finding lacks a place, or an object is forgotten later. */
static bool may_be_there(uintptr_t address)
{
    return __atomic_load_n(&place_of(address)->address, __ATOMIC_RELAXED) == address;
}

static void put(const struct past_object *object)
{
    inner_lock_acquire(&lock);
    *place_of(object->address) = *object;
    inner_lock_release(&lock);
}

void past_objects_keep(enum misuse_object object, enum misuse_role role, const void *address,
                       uintptr_t caller, uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, pointer);
    const struct known_stack *stack = thread_capture(self, caller, pointer);
    put(&(struct past_object){.address = (uintptr_t)address,
                              .object = object,
                              .role = role,
                              .thread = self->id,
                              .stack = stack ? stack->id : 0});
    thread_unguard(self);
    errno = saved_errno;
}

bool past_objects_find(const void *address, struct past_object *object)
{
    bool found = false;
    if (!address || !may_be_there((uintptr_t)address))
        return false;
    inner_lock_acquire(&lock);
    struct past_object *place = place_of((uintptr_t)address);
    found = place->address == (uintptr_t)address;
    if (found)
        *object = *place;
    inner_lock_release(&lock);
    return found;
}

static bool was(const void *address, enum misuse_object object, enum misuse_role role)
{
    struct past_object past;
    struct shim_thread *self;
    if (!may_be_there((uintptr_t)address) || !(self = thread_enter_guarded()))
        return false;
    int saved_errno = errno;
    bool found = past_objects_find(address, &past);
    thread_unguard(self);
    errno = saved_errno;
    return found && past.object == object && past.role == role;
}

bool past_objects_is_destroyed(const void *address, enum misuse_object object)
{
    return was(address, object, MISUSE_PLACE_DESTROYED);
}

bool past_objects_is_joined(const void *handle)
{
    return was(handle, MISUSE_OF_THREAD, MISUSE_PLACE_JOINED);
}

void past_objects_forget(const void *address)
{
    struct shim_thread *self;
    if (!may_be_there((uintptr_t)address) || !(self = thread_enter_guarded()))
        return;
    int saved_errno = errno;
    inner_lock_acquire(&lock);
    struct past_object *place = place_of((uintptr_t)address);
    if (place->address == (uintptr_t)address)
        place->address = 0;
    inner_lock_release(&lock);
    thread_unguard(self);
    errno = saved_errno;
}

void past_objects_after_fork(void)
{
    inner_lock_reset(&lock);
}
