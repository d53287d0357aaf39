/* Runs a program the way a machine would: with owners, queues and waiters that are woken. */
#include "tests/random_traces/random_machine.h"

#include "tests/random_traces/agreement.h"

/* ---- conditions, barriers, once ---- */

static bool end_wait(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    bool gives_up = machine_one_in(machine, (operation->mode & SYNC_TIMED) != 0 ? 4 : 32);

    if (!actor->is_woken && !gives_up)
        return false;
    machine_emit(machine, thread, SYNC_WAIT_END, operation->object,
                 actor->is_woken ? 0 : SYNC_NOT_WOKEN);
    actor->waits = false;
    actor->phase++;
    return true;
}

/* What happens in each phase of a wait. A flag is looked at before the first and after the last. */
static bool wait(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    bool loops = operation->kind == OPERATION_WAIT_FLAG;

    switch (actor->phase) {
    case 0:
        if (machine->writer[operation->mutex] != thread ||
            (loops && machine->flags[operation->flag]))
            return machine_go_on(actor);
        machine_emit(machine, thread, SYNC_WAIT_BEGIN, operation->object, operation->mode);
        actor->waits = true;
        actor->is_woken = false;
        break;
    case 1:
        machine_release(machine, thread, operation->mutex, SYNC_IN_WAIT);
        break;
    case 2:
        return end_wait(machine, thread, operation);
    case 3:
        machine_emit(machine, thread, SYNC_REQUEST, operation->mutex, SYNC_IN_WAIT);
        break;
    default:
        if (!machine_acquire(machine, thread, operation->mutex, SYNC_IN_WAIT))
            return false;
        actor->phase = 0;
        return loops ? true : machine_go_on(actor);
    }
    actor->phase++;
    return true;
}

static bool wake(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    uint32_t first = random_below(machine->random, PROGRAM_THREADS);
    bool all = operation->kind == OPERATION_BROADCAST;

    machine_emit(machine, thread, all ? SYNC_BROADCAST : SYNC_SIGNAL, operation->object, 0);
    for (uint32_t i = 0; i < PROGRAM_THREADS; i++) {
        struct actor *other = &machine->actors[(first + i) % PROGRAM_THREADS];
        if (!other->waits || other->is_woken)
            continue;
        other->is_woken = true;
        if (!all)
            break;
    }
    return machine_go_on(&machine->actors[thread]);
}

static bool pass_barrier(struct machine *machine, uint32_t thread, uint32_t barrier)
{
    struct actor *actor = &machine->actors[thread];

    if (actor->phase == 0) {
        machine_emit(machine, thread, SYNC_BARRIER_ENTER, barrier, 0);
        actor->round = machine->rounds[barrier];
        if (++machine->entries[barrier] == machine->builder->objects[barrier].initial) {
            machine->entries[barrier] = 0;
            machine->rounds[barrier]++;
        }
        actor->phase = 1;
        return true;
    }
    if (machine->rounds[barrier] == actor->round)
        return false;
    machine_emit(machine, thread, SYNC_BARRIER_LEAVE, barrier, 0);
    return machine_go_on(actor);
}

static bool call_once(struct machine *machine, uint32_t thread, uint32_t control)
{
    struct actor *actor = &machine->actors[thread];
    const struct operation *operations = machine->program->operations[thread];

    if (machine->is_over[control]) {
        machine_emit(machine, thread, SYNC_ONCE_PASS, control, 0);
        while (operations[actor->at].kind != OPERATION_ONCE_END)
            actor->at++;
        return machine_go_on(actor);
    }
    if (actor->phase == 0) {
        machine_emit(machine, thread, SYNC_REQUEST, control, 0);
        actor->phase = 1;
        return true;
    }
    return machine_acquire(machine, thread, control, 0) && machine_go_on(actor);
}

/* ---- threads ---- */

static bool create(struct machine *machine, uint32_t thread, uint32_t child)
{
    machine_emit(machine, thread, SYNC_CREATE, machine->program->thread_objects[child], 0);
    machine->actors[child].started = true;
    return machine_go_on(&machine->actors[thread]);
}

/* A join that was tried in vain, or in time, leaves no more than its request. */
static bool join(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t object = machine->program->thread_objects[operation->object];
    bool tries = (operation->mode & SYNC_TRY) != 0;

    if (actor->phase == 0 && !tries) {
        machine_emit(machine, thread, SYNC_REQUEST, object, operation->mode);
        actor->phase = 1;
        return true;
    }
    if (machine->actors[operation->object].ended)
        machine_emit(machine, thread, SYNC_JOIN, object, operation->mode);
    else if (!tries && ((operation->mode & SYNC_TIMED) == 0 || !machine_one_in(machine, 3)))
        return false;
    return machine_go_on(actor);
}

static bool access(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    bool reads = operation->kind == OPERATION_READ;

    machine_emit(machine, thread, reads ? SYNC_READ : SYNC_WRITE, operation->object, 0);
    return machine_go_on(&machine->actors[thread]);
}

static bool hand_back(struct machine *machine, uint32_t thread, uint32_t lock)
{
    if (machine->writer[lock] == NOBODY)
        return false;
    machine_release(machine, thread, lock, 0);
    return machine_go_on(&machine->actors[thread]);
}

static bool operate(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];

    switch (operation->kind) {
    case OPERATION_LOCK:
        return machine_lock(machine, thread, operation);
    case OPERATION_UNLOCK:
        return machine_unlock(machine, thread, operation);
    case OPERATION_GIVE_BACK:
        return hand_back(machine, thread, operation->object);
    case OPERATION_WAIT:
    case OPERATION_WAIT_FLAG:
        return wait(machine, thread, operation);
    case OPERATION_SET_FLAG:
        machine->flags[operation->flag] = true;
        return machine_go_on(actor);
    case OPERATION_SIGNAL:
    case OPERATION_BROADCAST:
        return wake(machine, thread, operation);
    case OPERATION_POST:
        return machine_post(machine, thread, operation->object);
    case OPERATION_TAKE:
        return machine_take(machine, thread, operation);
    case OPERATION_BARRIER:
        return pass_barrier(machine, thread, operation->object);
    case OPERATION_ONCE:
        return call_once(machine, thread, operation->object);
    case OPERATION_ONCE_END:
        machine->is_over[operation->object] = true;
        return hand_back(machine, thread, operation->object);
    case OPERATION_CREATE:
        return create(machine, thread, operation->object);
    case OPERATION_JOIN:
        return join(machine, thread, operation);
    case OPERATION_READ:
    case OPERATION_WRITE:
        return access(machine, thread, operation);
    }
    return false;
}

static bool step(struct machine *machine, uint32_t thread)
{
    const struct random_program *program = machine->program;
    struct actor *actor = &machine->actors[thread];
    uint32_t object = program->thread_objects[thread];

    if (!actor->started || actor->ended)
        return false;
    if (!actor->begun && program->is_created[thread]) {
        machine_emit(machine, thread, SYNC_BEGIN, object, 0);
        actor->begun = true;
        return true;
    }
    if (actor->at < program->operation_counts[thread])
        return operate(machine, thread, &program->operations[thread][actor->at]);
    machine_emit(machine, thread, SYNC_END, object, 0);
    actor->ended = true;
    return true;
}

static void start(struct machine *machine)
{
    const struct trace_builder *builder = machine->builder;

    for (uint32_t i = 0; i < builder->trace.object_count; i++) {
        bool unknown = builder->objects[i].initial == SYNC_UNKNOWN;
        machine->writer[i] = NOBODY;
        machine->value[i] =
            unknown ? random_below(machine->random, 2) : builder->objects[i].initial;
    }
    for (uint32_t t = 0; t < machine->program->thread_count; t++)
        machine->actors[t].started = !machine->program->is_created[t];
}

/* Some thread that can go on does so; false: none can. Twice round, as what is left to chance may
 * go the other way. */
static bool step_any(struct machine *machine)
{
    uint32_t count = machine->program->thread_count;
    uint32_t first = machine->last_thread;

    if (machine_one_in(machine, machine->burst))
        first = random_below(machine->random, count);
    for (uint32_t i = 0; i < 2 * count; i++) {
        machine->last_thread = (first + i) % count;
        if (step(machine, machine->last_thread))
            return true;
    }
    return false;
}

bool random_program_run(const struct random_program *program, struct trace_builder *builder,
                        uint64_t *random)
{
    struct machine machine = {.program = program, .builder = builder, .random = random};
    uint32_t ended = 0;

    machine.burst = UINT32_C(1) << random_below(random, 6);
    start(&machine);
    while (builder->trace.event_count + 2 < TRACE_MOST_EVENTS && step_any(&machine)) {
    }
    for (uint32_t t = 0; t < program->thread_count; t++)
        ended += machine.actors[t].ended;
    return ended == program->thread_count;
}

uint32_t random_trace_make(struct trace_builder *builder, uint64_t seed)
{
    struct random_program program;
    uint64_t random = seed;

    for (;;) {
        random_program_make(&program, builder, &random, 8 + random_below(&random, 16));
        bool complete = random_program_run(&program, builder, &random);
        if (builder->trace.event_count == 0 || (!complete && random_below(&random, 8) > 0))
            continue;
        if (random_below(&random, 16) == 0)
            builder->trace.event_count =
                random_below(&random, (uint32_t)builder->trace.event_count);
        return program.features;
    }
}
