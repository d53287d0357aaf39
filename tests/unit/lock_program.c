#include "tests/unit/lock_program.h"

#include <stdlib.h>
#include <string.h>

enum { MODULE = 1, FUNCTIONS = 4, FUNCTION_LOCKS = 3, GATE = LOCK_PROGRAM_LOCKS - 1 };

/* A function's operations; in place of locks, positions in its list of them. */
struct function {
    struct lock_operation operations[2 * FUNCTION_LOCKS];
    uint32_t count;
};

struct maker {
    struct lock_program *program;
    struct function functions[FUNCTIONS];
    uint64_t random;
};

static uint32_t random_below(struct maker *maker, uint32_t limit)
{
    uint64_t x = (maker->random += UINT64_C(0x9e3779b97f4a7c15));
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % limit);
}

static void add(struct function *function, int kind, uint32_t lock, uint32_t place)
{
    function->operations[function->count++] =
        (struct lock_operation){.kind = kind, .lock = lock, .place = place};
}

/* Two or three different locks; the third inside the second, or beside it. */
static void make_function(struct maker *maker, uint32_t number)
{
    struct function *function = &maker->functions[number];
    uint32_t locks[LOCK_PROGRAM_LOCKS], count = maker->program->lock_count;
    uint32_t place = number * FUNCTION_LOCKS;
    bool has_third = count > 2 && random_below(maker, 3) == 0, beside = random_below(maker, 2);

    for (uint32_t i = 0; i < count; i++)
        locks[i] = i;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = i + random_below(maker, count - i), lock = locks[i];
        locks[i] = locks[j];
        locks[j] = lock;
    }
    add(function, OPERATION_LOCK, locks[0], place);
    add(function, OPERATION_LOCK, locks[1], place + 1);
    if (beside)
        add(function, OPERATION_UNLOCK, locks[1], 0);
    if (has_third) {
        add(function, OPERATION_LOCK, locks[2], place + 2);
        add(function, OPERATION_UNLOCK, locks[2], 0);
    }
    if (!beside)
        add(function, OPERATION_UNLOCK, locks[1], 0);
    add(function, OPERATION_UNLOCK, locks[0], 0);
}

/* Locks 0 and 1 change places if they are of one class. */
static void call(struct maker *maker, uint32_t thread, const struct function *function)
{
    struct lock_program *program = maker->program;
    bool swaps = program->classes[0] == program->classes[1] && random_below(maker, 2) == 0;

    for (uint32_t i = 0; i < function->count; i++) {
        struct lock_operation operation = function->operations[i];
        if (swaps && operation.lock < 2)
            operation.lock = 1 - operation.lock;
        program->operations[thread][program->counts[thread]++] = operation;
    }
}

void lock_program_make(struct lock_program *program, uint64_t seed)
{
    struct maker maker = {.program = program, .random = seed};

    *program = (struct lock_program){0};
    program->thread_count = 2 + random_below(&maker, LOCK_PROGRAM_THREADS - 1);
    program->lock_count = 2 + random_below(&maker, 3);
    bool has_pair = random_below(&maker, 4) == 0;
    for (uint32_t i = 0; i < LOCK_PROGRAM_LOCKS; i++)
        program->classes[i] = has_pair && i > 0 ? i - 1 : i;
    for (uint32_t i = 0; i < FUNCTIONS; i++)
        make_function(&maker, i);
    for (uint32_t i = 0; i < program->thread_count; i++) {
        for (uint32_t calls = 1 + random_below(&maker, 2); calls > 0; calls--)
            call(&maker, i, &maker.functions[random_below(&maker, FUNCTIONS)]);
    }
}

static trace_code_t code_of(uint32_t place)
{
    return TRACE_CODE(MODULE, 0x100 + place);
}

void lock_program_record(const struct lock_program *program, struct recording_builder *rec)
{
    uint32_t module = recording_module(rec, "/bin/program", 0x1000, 0x9000, 0);
    uint32_t first = recording_thread(rec, NULL), locks[LOCK_PROGRAM_LOCKS];
    bool has_pair = program->classes[0] == program->classes[1];
    uint32_t stacks[FUNCTIONS * FUNCTION_LOCKS];
    uint32_t threads[LOCK_PROGRAM_THREADS];
    uint32_t birth = recording_stack(rec, 1, (const trace_code_t[]){TRACE_CODE(module, 0x90)});

    for (uint32_t i = 0; i < FUNCTIONS * FUNCTION_LOCKS; i++)
        stacks[i] = recording_stack(
            rec, 3,
            (const trace_code_t[]){TRACE_CODE(module, 1), code_of(i), TRACE_CODE(module, 2)});
    for (uint32_t i = 0; i < program->lock_count; i++) {
        bool is_paired = has_pair && i < 2;
        locks[i] = recording_lock(
            rec, (struct trace_lock){.kind = TRACE_LOCK_MUTEX,
                                     .address = 0x8000 + 64 * i,
                                     .location = is_paired ? 0 : TRACE_CODE(module, 64 * (i + 8)),
                                     .init_stack = is_paired ? birth : 0});
    }
    for (uint32_t i = 0; i < program->thread_count; i++)
        threads[i] = recording_create(rec, first, NULL);
    for (uint32_t i = 0; i < program->thread_count; i++) {
        for (uint32_t j = 0; j < program->counts[i]; j++) {
            const struct lock_operation *operation = &program->operations[i][j];
            if (operation->kind == OPERATION_UNLOCK) {
                recording_release(rec, threads[i], locks[operation->lock]);
            } else {
                recording_at(rec, stacks[operation->place]);
                recording_acquire(rec, threads[i], locks[operation->lock], 0);
            }
        }
    }
}

/* ---- all schedules ---- */

/* How often each lock is held after so many operations. */
struct explorer {
    const struct lock_program *program;
    uint8_t held[LOCK_PROGRAM_THREADS][LOCK_PROGRAM_OPERATIONS + 1][LOCK_PROGRAM_LOCKS];
    bool *is_seen;
    struct lock_rings *rings;
};

static void find_held(struct explorer *explorer)
{
    const struct lock_program *program = explorer->program;

    for (uint32_t i = 0; i < program->thread_count; i++) {
        for (uint32_t j = 0; j < program->counts[i]; j++) {
            const struct lock_operation *operation = &program->operations[i][j];
            memcpy(explorer->held[i][j + 1], explorer->held[i][j], LOCK_PROGRAM_LOCKS);
            explorer->held[i][j + 1][operation->lock] +=
                operation->kind == OPERATION_UNLOCK ? -1 : 1;
        }
    }
}

/* The thread in whose way the lock is; NOBODY: it can be taken. */
static uint32_t owner_of(const struct explorer *explorer, const uint32_t *at, uint32_t thread)
{
    const struct lock_program *program = explorer->program;
    uint32_t lock = program->operations[thread][at[thread]].lock;

    for (uint32_t i = 0; i < program->thread_count; i++) {
        if (explorer->held[i][at[i]][lock] > 0 && (i != thread || !program->is_recursive))
            return i;
    }
    return UINT32_MAX;
}

/* The thread that this one waits for, UINT32_MAX if it can go on. */
static uint32_t waits_for(const struct explorer *explorer, const uint32_t *at, uint32_t thread)
{
    const struct lock_program *program = explorer->program;

    if (at[thread] == program->counts[thread] ||
        program->operations[thread][at[thread]].kind != OPERATION_LOCK)
        return UINT32_MAX;
    return owner_of(explorer, at, thread);
}

uint64_t lock_ring_name(const uint32_t *classes, size_t count)
{
    uint64_t least = UINT64_MAX;

    for (size_t first = 0; first < count; first++) {
        uint64_t name = count;
        for (size_t i = 0; i < count; i++)
            name = name << 8 | classes[(first + i) % count];
        least = name < least ? name : least;
    }
    return least;
}

bool lock_rings_have(const struct lock_rings *rings, uint64_t ring)
{
    for (size_t i = 0; i < rings->count; i++) {
        if (rings->rings[i] == ring)
            return true;
    }
    return false;
}

void lock_rings_add(struct lock_rings *rings, uint64_t ring)
{
    if (lock_rings_have(rings, ring))
        return;
    if (rings->count == LOCK_PROGRAM_RINGS)
        abort();
    rings->rings[rings->count++] = ring;
}

static void look_for_circles(const struct explorer *explorer, const uint32_t *at)
{
    const struct lock_program *program = explorer->program;

    for (uint32_t first = 0; first < program->thread_count; first++) {
        uint32_t classes[LOCK_PROGRAM_THREADS], count = 0, thread = first;
        while (thread != UINT32_MAX && count < LOCK_PROGRAM_THREADS) {
            uint32_t next = waits_for(explorer, at, thread);
            if (next != UINT32_MAX)
                classes[count++] = program->classes[program->operations[thread][at[thread]].lock];
            thread = next;
            if (thread == first) {
                lock_rings_add(explorer->rings, lock_ring_name(classes, count));
                break;
            }
        }
    }
}

static size_t number_of(const uint32_t *at)
{
    size_t number = 0;

    for (uint32_t i = 0; i < LOCK_PROGRAM_THREADS; i++)
        number = number * (LOCK_PROGRAM_OPERATIONS + 1) + at[i];
    return number;
}

static void explore(struct explorer *explorer, const uint32_t *at)
{
    const struct lock_program *program = explorer->program;

    if (explorer->is_seen[number_of(at)])
        return;
    explorer->is_seen[number_of(at)] = true;
    look_for_circles(explorer, at);
    for (uint32_t i = 0; i < program->thread_count; i++) {
        uint32_t next[LOCK_PROGRAM_THREADS];
        if (at[i] == program->counts[i] || waits_for(explorer, at, i) != UINT32_MAX)
            continue;
        const struct lock_operation *operation = &program->operations[i][at[i]];
        memcpy(next, at, sizeof next);
        next[i] = at[i] + 1;
        if (operation->kind == OPERATION_TRY && owner_of(explorer, at, i) != UINT32_MAX)
            next[i] = operation->back;
        explore(explorer, next);
    }
}

void lock_program_deadlocks(const struct lock_program *program, struct lock_rings *rings)
{
    const uint32_t start[LOCK_PROGRAM_THREADS] = {0};
    const uint32_t end[LOCK_PROGRAM_THREADS] = {LOCK_PROGRAM_OPERATIONS, LOCK_PROGRAM_OPERATIONS,
                                                LOCK_PROGRAM_OPERATIONS};
    struct explorer explorer = {.program = program, .rings = rings};

    *rings = (struct lock_rings){0};
    explorer.is_seen = calloc(number_of(end) + 1, sizeof *explorer.is_seen);
    if (explorer.is_seen == NULL)
        abort();
    find_held(&explorer);
    explore(&explorer, start);
    free(explorer.is_seen);
}
