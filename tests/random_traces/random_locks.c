/* Locks and semaphores of the machine. */
#include "tests/random_traces/random_machine.h"

#include "tests/random_traces/agreement.h"

bool machine_one_in(struct machine *machine, uint32_t chances)
{
    return random_below(machine->random, chances) == 0;
}

void machine_emit(struct machine *machine, uint32_t thread, enum sync_event_kind kind,
                  uint32_t object, uint32_t mode)
{
    trace_builder_event(machine->builder, thread, kind, object, mode);
}

bool machine_go_on(struct actor *actor)
{
    actor->at++;
    actor->phase = 0;
    return true;
}

static bool is_held_against(const struct machine *machine, uint32_t lock, uint32_t mode)
{
    bool held = machine->writer[lock] != NOBODY;

    for (uint32_t t = 0; t < PROGRAM_THREADS; t++)
        held |= (mode & SYNC_READER) == 0 && machine->readers[lock][t] > 0;
    return held;
}

static bool has_queue(const struct machine *machine, uint32_t lock, uint32_t thread)
{
    for (uint32_t t = 0; t < PROGRAM_THREADS; t++) {
        if (t != thread && machine->queued[lock][t])
            return true;
    }
    return false;
}

static bool can_get(const struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    return !is_held_against(machine, lock, mode) &&
           !((mode & SYNC_READER) != 0 && has_queue(machine, lock, thread));
}

static bool get(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    if ((mode & SYNC_READER) != 0)
        machine->readers[lock][thread]++;
    else
        machine->writer[lock] = thread;
    machine->queued[lock][thread] = false;
    machine_emit(machine, thread, SYNC_ACQUIRE, lock, mode);
    return true;
}

static void fail(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    bool seen = is_held_against(machine, lock, mode) && !machine_one_in(machine, 8);

    machine->queued[lock][thread] = false;
    machine_emit(machine, thread, SYNC_TRY_FAIL, lock, mode | (seen ? SYNC_HOLDER_SEEN : 0));
}

static bool try_lock(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t lock = operation->object, mode = operation->mode;

    if (can_get(machine, thread, lock, mode)) {
        /* The one that queues is about to take it. */
        if (has_queue(machine, lock, thread))
            return false;
        get(machine, thread, lock, mode);
    } else {
        actor->failed[actor->at] = true;
        fail(machine, thread, lock, mode & ~(uint32_t)SYNC_TRY);
    }
    return machine_go_on(actor);
}

/* After the request. A writer comes to the queue some time after it. */
bool machine_acquire(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    bool queues = machine->builder->objects[lock].kind == SYNC_WRITER_QUEUE;

    if (can_get(machine, thread, lock, mode))
        return get(machine, thread, lock, mode);
    if (queues && (mode & SYNC_READER) == 0)
        machine->queued[lock][thread] |= machine_one_in(machine, 2);
    return false;
}

static bool take_lock(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t mode = operation->mode;

    if ((mode & SYNC_TRY) != 0)
        return try_lock(machine, thread, operation);
    if (actor->phase == 0) {
        machine_emit(machine, thread, SYNC_REQUEST, operation->object, mode);
        actor->phase = 1;
        return true;
    }
    if (machine_acquire(machine, thread, operation->object, mode))
        return machine_go_on(actor);
    if ((mode & SYNC_TIMED) == 0 || !is_held_against(machine, operation->object, mode) ||
        !machine_one_in(machine, 3))
        return false;
    actor->failed[actor->at] = true;
    fail(machine, thread, operation->object, mode);
    return machine_go_on(actor);
}

void machine_release(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    if ((mode & SYNC_READER) != 0)
        machine->readers[lock][thread]--;
    else
        machine->writer[lock] = NOBODY;
    machine_emit(machine, thread, SYNC_RELEASE, lock, mode & (SYNC_READER | SYNC_IN_WAIT));
}

/* ---- semaphores ---- */

bool machine_take(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t *value = &machine->value[operation->object];
    bool tries = (operation->mode & SYNC_TRY) != 0;
    bool limited = (operation->mode & SYNC_TIMED) != 0;

    if (actor->phase == 0 && !tries) {
        machine_emit(machine, thread, SYNC_REQUEST, operation->object, operation->mode);
        actor->phase = 1;
        return true;
    }
    if (*value > 0) {
        --*value;
        machine_emit(machine, thread, SYNC_TAKE, operation->object, operation->mode);
        return machine_go_on(actor);
    }
    if (!tries && !(limited && machine_one_in(machine, 3)))
        return false;
    actor->failed[actor->at] = true;
    machine_emit(machine, thread, SYNC_TRY_FAIL, operation->object, operation->mode & SYNC_TIMED);
    return machine_go_on(actor);
}

bool machine_post(struct machine *machine, uint32_t thread, uint32_t semaphore)
{
    machine->value[semaphore]++;
    machine_emit(machine, thread, SYNC_POST, semaphore, 0);
    return machine_go_on(&machine->actors[thread]);
}

static bool is_semaphore(const struct machine *machine, const struct operation *operation)
{
    return machine->builder->objects[operation->object].kind == SYNC_SEMAPHORE;
}

bool machine_unlock(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];

    if (actor->failed[operation->pair])
        return machine_go_on(actor);
    if (is_semaphore(machine, operation))
        return machine_post(machine, thread, operation->object);
    machine_release(machine, thread, operation->object, operation->mode);
    return machine_go_on(actor);
}

bool machine_lock(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    return is_semaphore(machine, operation) ? machine_take(machine, thread, operation)
                                            : take_lock(machine, thread, operation);
}
