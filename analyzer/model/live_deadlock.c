#include "analyzer/model/live_deadlock.h"

#include <string.h>
#include "analyzer/model/thread_end.h"

/* Room for the hold of lock 0, and for the end of the thread. */
#define EXTRA_HOLDS 2

/* Where everyone is blocked the condition itself is what is wanted, else its mutex. */
static uint32_t mode_of(const struct trace_deadlock *record,
                        const struct trace_deadlock_thread *thread)
{
    bool waits_on_condition =
        thread->wanted_kind == TRACE_WAIT_CONDITION && record->sort != TRACE_DEADLOCK_EVERYONE;
    return thread->wanted_mode | (waits_on_condition ? TRACE_MODE_WAIT : 0);
}

static struct dependency *make_dependencies(struct arena *arena,
                                            const struct trace_deadlock *record)
{
    size_t count = (size_t)record->set_count + record->stuck_count;
    const struct trace_dependency_held *held = (const void *)&record->threads[count];
    struct dependency *dependencies = arena_alloc(arena, count, sizeof *dependencies);

    for (size_t i = 0; i < count; i++) {
        const struct trace_deadlock_thread *thread = &record->threads[i];
        struct trace_dependency_held *own =
            arena_alloc(arena, (size_t)thread->held_count + EXTRA_HOLDS, sizeof *own);
        memcpy(own, held, thread->held_count * sizeof *own);
        held += thread->held_count;
        if (thread->pid != 0) { /* of a process without a recording: the ids are not ours */
            dependencies[i] = (struct dependency){.held = &own[thread->held_count]};
            continue;
        }
        dependencies[i] = (struct dependency){
            .thread = thread->thread,
            .lock = thread->wanted_lock,
            .mode = mode_of(record, thread),
            .stack = thread->wanted_stack,
            .held_count = thread->held_count,
            .held = own,
            .time_ns = thread->wanted_since_ns,
        };
    }
    return dependencies;
}

/* The entry of the held list that the step before asks for. A thread holds its own end, which no
 * list of the recording has; and what nothing is known of is the empty entry after the last one. */
static size_t hold_index(const struct execution *execution, struct dependency *dependency,
                         uint32_t wanted)
{
    const struct lock *lock = execution_find_lock(execution, wanted);
    struct trace_dependency_held *held = (struct trace_dependency_held *)dependency->held;
    size_t i = 0;

    while (i < dependency->held_count && held[i].lock != wanted)
        i++;
    if (i == dependency->held_count && dependency->thread != 0 && lock &&
        thread_end_of(lock) == dependency->thread) {
        held[i] =
            (struct trace_dependency_held){.lock = wanted, .stack = lock->init_stack, .count = 1};
        dependency->held_count++;
    }
    return i;
}

static struct cycle_step *make_set(struct arena *arena, const struct execution *execution,
                                   struct dependency *dependencies, size_t count)
{
    struct cycle_step *steps = arena_alloc(arena, count, sizeof *steps);

    for (size_t i = 0; i < count; i++) {
        uint32_t wanted = dependencies[(i + count - 1) % count].lock;
        steps[i].dependency = &dependencies[i];
        steps[i].hold_index = hold_index(execution, &dependencies[i], wanted);
    }
    return steps;
}

/* Nobody wants what this one holds. */
static bool is_unwanted(const struct dependency *dependencies, size_t count, uint32_t lock)
{
    for (size_t i = 0; i < count; i++) {
        if (dependencies[i].lock == lock)
            return false;
    }
    return true;
}

/* There is no next one: of what each holds, the first that another wants. */
static struct cycle_step *make_everyone(struct arena *arena, struct dependency *dependencies,
                                        size_t set_count, size_t count)
{
    struct cycle_step *steps = arena_alloc(arena, set_count, sizeof *steps);

    for (size_t i = 0; i < set_count; i++) {
        const struct dependency *dependency = &dependencies[i];
        size_t hold = 0;
        while (hold < dependency->held_count &&
               is_unwanted(dependencies, count, dependency->held[hold].lock))
            hold++;
        steps[i] = (struct cycle_step){.dependency = dependency, .hold_index = hold};
    }
    return steps;
}

static struct cycle_step *make_stuck(struct arena *arena, struct dependency *dependencies,
                                     size_t count)
{
    struct cycle_step *steps = arena_alloc(arena, count, sizeof *steps);

    for (size_t i = 0; i < count; i++)
        steps[i] = (struct cycle_step){.dependency = &dependencies[i],
                                       .hold_index = dependencies[i].held_count};
    return steps;
}

/* Threads were held back in one of its processes, as a plan said. */
static bool was_steered(const struct execution *execution)
{
    bool any = false;

    for (size_t i = 0; i < execution->steering_count; i++)
        any |= execution->steering[i]->step != TRACE_STEERING_PERTURB;
    for (size_t i = 0; i < execution->member_count && !any; i++)
        any = was_steered(execution->members[i]);
    return any;
}

static enum confidence confidence_of(const struct execution *execution,
                                     const struct trace_deadlock *record)
{
    if (record->flags & TRACE_DEADLOCK_SUSPECTED)
        return CONFIDENCE_SUSPECTED;
    return was_steered(execution) ? CONFIDENCE_CONFIRMED : CONFIDENCE_HAPPENED;
}

static struct finding make_finding(struct arena *arena, const struct execution *execution,
                                   const struct trace_deadlock *record)
{
    struct dependency *dependencies = make_dependencies(arena, record);
    bool is_self = record->sort == TRACE_DEADLOCK_SELF;
    bool is_everyone = record->sort == TRACE_DEADLOCK_EVERYONE;

    return (struct finding){
        .kind = is_self ? FINDING_SELF_DEADLOCK : FINDING_DEADLOCK,
        .confidence = confidence_of(execution, record),
        .execution = execution,
        .step_count = record->set_count,
        .steps = is_everyone ? make_everyone(arena, dependencies, record->set_count,
                                             (size_t)record->set_count + record->stuck_count)
                             : make_set(arena, execution, dependencies, record->set_count),
        .instances = 1,
        .live = record,
        .stuck = make_stuck(arena, &dependencies[record->set_count], record->stuck_count),
    };
}

static bool has_step(const struct finding *live, const struct dependency *wanted)
{
    for (size_t i = 0; i < live->step_count; i++) {
        const struct dependency *dependency = live->steps[i].dependency;
        if (dependency->lock == wanted->lock && dependency->stack == wanted->stack)
            return true;
    }
    return false;
}

/* The same requests, at the same places. */
static bool has_happened(const struct finding *predicted, const struct finding *live, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        for (size_t j = 0; j < predicted->step_count; j++)
            same += has_step(&live[i], predicted->steps[j].dependency);
        if (same == predicted->step_count && live[i].step_count == same)
            return true;
    }
    return false;
}

void live_deadlock_add(struct arena *arena, const struct execution *execution,
                       struct analysis *analysis)
{
    size_t live = execution->deadlock_count, kept = live;

    if (live == 0)
        return;
    struct finding *findings = arena_alloc(arena, live + analysis->finding_count, sizeof *findings);
    for (size_t i = 0; i < live; i++)
        findings[i] = make_finding(arena, execution, execution->deadlocks[i]);
    for (size_t i = 0; i < analysis->finding_count; i++) {
        if (!has_happened(&analysis->findings[i], findings, live))
            findings[kept++] = analysis->findings[i];
    }
    for (size_t i = 0; i < kept; i++)
        findings[i].id = i + 1;
    analysis->findings = findings;
    analysis->finding_count = kept;
}
