/* Runs a program the way a machine would: with owners, queues and waiters that are woken. */
#include "tests/random_traces/random_program.h"

#include <string.h>
#include "tests/random_traces/agreement.h"

#define NOBODY UINT32_MAX

/* One thread at its operation. */
struct actor {
    uint32_t at, phase;
    bool begun, ended, started;
    bool failed[PROGRAM_OPERATIONS]; /* locks that were tried in vain */
    bool waits, is_woken;            /* at a condition */
    uint32_t round;                  /* of the barrier it is in */
};

struct machine {
    const struct random_program *program;
    struct trace_builder *builder;
    uint64_t *random;
    struct actor actors[PROGRAM_THREADS];
    uint32_t writer[TRACE_MOST_OBJECTS];
    uint32_t readers[TRACE_MOST_OBJECTS][PROGRAM_THREADS];
    bool queued[TRACE_MOST_OBJECTS][PROGRAM_THREADS]; /* writers where readers queue */
    uint32_t value[TRACE_MOST_OBJECTS];               /* semaphores */
    uint32_t entries[TRACE_MOST_OBJECTS], rounds[TRACE_MOST_OBJECTS]; /* barriers */
    bool is_over[TRACE_MOST_OBJECTS];                                 /* once controls */
    bool flags[PROGRAM_FLAGS];
    uint32_t last_thread;
    uint32_t burst; /* about how many steps a thread makes before another does */
};

static bool one_in(struct machine *machine, uint32_t chances)
{
    return random_below(machine->random, chances) == 0;
}

static void emit(struct machine *machine, uint32_t thread, enum sync_event_kind kind,
                 uint32_t object, uint32_t mode)
{
    trace_builder_event(machine->builder, thread, kind, object, mode);
}

static bool go_on(struct actor *actor)
{
    actor->at++;
    actor->phase = 0;
    return true;
}

/* ---- locks ---- */

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
    emit(machine, thread, SYNC_ACQUIRE, lock, mode);
    return true;
}

static void fail(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    bool seen = is_held_against(machine, lock, mode) && !one_in(machine, 8);

    machine->queued[lock][thread] = false;
    emit(machine, thread, SYNC_TRY_FAIL, lock, mode | (seen ? SYNC_HOLDER_SEEN : 0));
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
    return go_on(actor);
}

/* After the request. A writer comes to the queue some time after it. */
static bool wait_for_lock(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    bool queues = machine->builder->objects[lock].kind == SYNC_WRITER_QUEUE;

    if (can_get(machine, thread, lock, mode))
        return get(machine, thread, lock, mode);
    if (queues && (mode & SYNC_READER) == 0)
        machine->queued[lock][thread] |= one_in(machine, 2);
    return false;
}

static bool take_lock(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t mode = operation->mode;

    if ((mode & SYNC_TRY) != 0)
        return try_lock(machine, thread, operation);
    if (actor->phase == 0) {
        emit(machine, thread, SYNC_REQUEST, operation->object, mode);
        actor->phase = 1;
        return true;
    }
    if (wait_for_lock(machine, thread, operation->object, mode))
        return go_on(actor);
    if ((mode & SYNC_TIMED) == 0 || !is_held_against(machine, operation->object, mode) ||
        !one_in(machine, 3))
        return false;
    actor->failed[actor->at] = true;
    fail(machine, thread, operation->object, mode);
    return go_on(actor);
}

static void give_back(struct machine *machine, uint32_t thread, uint32_t lock, uint32_t mode)
{
    if ((mode & SYNC_READER) != 0)
        machine->readers[lock][thread]--;
    else
        machine->writer[lock] = NOBODY;
    emit(machine, thread, SYNC_RELEASE, lock, mode & (SYNC_READER | SYNC_IN_WAIT));
}

/* ---- semaphores ---- */

static bool take_unit(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t *value = &machine->value[operation->object];
    bool tries = (operation->mode & SYNC_TRY) != 0;
    bool limited = (operation->mode & SYNC_TIMED) != 0;

    if (actor->phase == 0 && !tries) {
        emit(machine, thread, SYNC_REQUEST, operation->object, operation->mode);
        actor->phase = 1;
        return true;
    }
    if (*value > 0) {
        --*value;
        emit(machine, thread, SYNC_TAKE, operation->object, operation->mode);
        return go_on(actor);
    }
    if (!tries && !(limited && one_in(machine, 3)))
        return false;
    actor->failed[actor->at] = true;
    emit(machine, thread, SYNC_TRY_FAIL, operation->object, operation->mode & SYNC_TIMED);
    return go_on(actor);
}

static bool post(struct machine *machine, uint32_t thread, uint32_t semaphore)
{
    machine->value[semaphore]++;
    emit(machine, thread, SYNC_POST, semaphore, 0);
    return go_on(&machine->actors[thread]);
}

static bool is_semaphore(const struct machine *machine, const struct operation *operation)
{
    return machine->builder->objects[operation->object].kind == SYNC_SEMAPHORE;
}

static bool unlock(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];

    if (actor->failed[operation->pair])
        return go_on(actor);
    if (is_semaphore(machine, operation))
        return post(machine, thread, operation->object);
    give_back(machine, thread, operation->object, operation->mode);
    return go_on(actor);
}

/* ---- conditions, barriers, once ---- */

static bool end_wait(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    bool gives_up = one_in(machine, (operation->mode & SYNC_TIMED) != 0 ? 4 : 32);

    if (!actor->is_woken && !gives_up)
        return false;
    emit(machine, thread, SYNC_WAIT_END, operation->object, actor->is_woken ? 0 : SYNC_NOT_WOKEN);
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
            return go_on(actor);
        emit(machine, thread, SYNC_WAIT_BEGIN, operation->object, operation->mode);
        actor->waits = true;
        actor->is_woken = false;
        break;
    case 1:
        give_back(machine, thread, operation->mutex, SYNC_IN_WAIT);
        break;
    case 2:
        return end_wait(machine, thread, operation);
    case 3:
        emit(machine, thread, SYNC_REQUEST, operation->mutex, SYNC_IN_WAIT);
        break;
    default:
        if (!wait_for_lock(machine, thread, operation->mutex, SYNC_IN_WAIT))
            return false;
        actor->phase = 0;
        return loops ? true : go_on(actor);
    }
    actor->phase++;
    return true;
}

static bool wake(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    uint32_t first = random_below(machine->random, PROGRAM_THREADS);
    bool all = operation->kind == OPERATION_BROADCAST;

    emit(machine, thread, all ? SYNC_BROADCAST : SYNC_SIGNAL, operation->object, 0);
    for (uint32_t i = 0; i < PROGRAM_THREADS; i++) {
        struct actor *other = &machine->actors[(first + i) % PROGRAM_THREADS];
        if (!other->waits || other->is_woken)
            continue;
        other->is_woken = true;
        if (!all)
            break;
    }
    return go_on(&machine->actors[thread]);
}

static bool pass_barrier(struct machine *machine, uint32_t thread, uint32_t barrier)
{
    struct actor *actor = &machine->actors[thread];

    if (actor->phase == 0) {
        emit(machine, thread, SYNC_BARRIER_ENTER, barrier, 0);
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
    emit(machine, thread, SYNC_BARRIER_LEAVE, barrier, 0);
    return go_on(actor);
}

static bool call_once(struct machine *machine, uint32_t thread, uint32_t control)
{
    struct actor *actor = &machine->actors[thread];
    const struct operation *operations = machine->program->operations[thread];

    if (machine->is_over[control]) {
        emit(machine, thread, SYNC_ONCE_PASS, control, 0);
        while (operations[actor->at].kind != OPERATION_ONCE_END)
            actor->at++;
        return go_on(actor);
    }
    if (actor->phase == 0) {
        emit(machine, thread, SYNC_REQUEST, control, 0);
        actor->phase = 1;
        return true;
    }
    return wait_for_lock(machine, thread, control, 0) && go_on(actor);
}

/* ---- threads ---- */

static bool create(struct machine *machine, uint32_t thread, uint32_t child)
{
    emit(machine, thread, SYNC_CREATE, machine->program->thread_objects[child], 0);
    machine->actors[child].started = true;
    return go_on(&machine->actors[thread]);
}

/* A join that was tried in vain, or in time, leaves no more than its request. */
static bool join(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];
    uint32_t object = machine->program->thread_objects[operation->object];
    bool tries = (operation->mode & SYNC_TRY) != 0;

    if (actor->phase == 0 && !tries) {
        emit(machine, thread, SYNC_REQUEST, object, operation->mode);
        actor->phase = 1;
        return true;
    }
    if (machine->actors[operation->object].ended)
        emit(machine, thread, SYNC_JOIN, object, operation->mode);
    else if (!tries && ((operation->mode & SYNC_TIMED) == 0 || !one_in(machine, 3)))
        return false;
    return go_on(actor);
}

static bool access(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    bool reads = operation->kind == OPERATION_READ;

    emit(machine, thread, reads ? SYNC_READ : SYNC_WRITE, operation->object, 0);
    return go_on(&machine->actors[thread]);
}

static bool operate(struct machine *machine, uint32_t thread, const struct operation *operation)
{
    struct actor *actor = &machine->actors[thread];

    switch (operation->kind) {
    case OPERATION_LOCK:
        if (!is_semaphore(machine, operation))
            return take_lock(machine, thread, operation);
        return take_unit(machine, thread, operation);
    case OPERATION_UNLOCK:
        return unlock(machine, thread, operation);
    case OPERATION_GIVE_BACK:
        if (machine->writer[operation->object] == NOBODY)
            return false;
        give_back(machine, thread, operation->object, 0);
        return go_on(actor);
    case OPERATION_WAIT:
    case OPERATION_WAIT_FLAG:
        return wait(machine, thread, operation);
    case OPERATION_SET_FLAG:
        machine->flags[operation->flag] = true;
        return go_on(actor);
    case OPERATION_SIGNAL:
    case OPERATION_BROADCAST:
        return wake(machine, thread, operation);
    case OPERATION_POST:
        return post(machine, thread, operation->object);
    case OPERATION_TAKE:
        return take_unit(machine, thread, operation);
    case OPERATION_BARRIER:
        return pass_barrier(machine, thread, operation->object);
    case OPERATION_ONCE:
        return call_once(machine, thread, operation->object);
    case OPERATION_ONCE_END:
        machine->is_over[operation->object] = true;
        give_back(machine, thread, operation->object, 0);
        return go_on(actor);
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
        emit(machine, thread, SYNC_BEGIN, object, 0);
        actor->begun = true;
        return true;
    }
    if (actor->at < program->operation_counts[thread])
        return operate(machine, thread, &program->operations[thread][actor->at]);
    emit(machine, thread, SYNC_END, object, 0);
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

    if (one_in(machine, machine->burst))
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
