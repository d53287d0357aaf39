#include "analyzer/suite/suite_collect.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/report/lock_label.h"
#include "analyzer/report/place.h"
#include "analyzer/report/title.h"

/* As many frames as tell birthplaces apart within a process (predict/lock_class.c). */
enum { BIRTH_FRAMES = 3 };

#define NO_ROW UINT32_MAX

struct collector {
    struct suite *suite;
    struct arena *scratch;
    struct symbolizer *symbolizer;
    struct names *names;
    const struct execution *execution;
    const uint32_t *first_segment;
    uint32_t *class_of;   /* by position of the lock: its row + 1, 0: not looked up yet */
    uint32_t *first_lock; /* by class row: 1 + the position of its first lock; 0 none */
    size_t first_capacity;
    uint32_t *stack_row; /* by position of the stack: its row + 1, 0: not added yet */
    ARRAY(uint64_t) words;
    ARRAY(uint64_t) key; /* of a dependency */
};

static void add_word(struct collector *collector, uint64_t word)
{
    *array_add(collector->scratch, &collector->words) = word;
}

static const char *module_identity(struct arena *arena, const struct module *module)
{
    char *hex = arena_alloc(arena, 2 * (size_t)module->build_id_bytes + 1, 1);

    if (module->build_id_bytes == 0)
        return module->path;
    for (uint32_t i = 0; i < module->build_id_bytes; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", module->build_id[i]);
    return hex;
}

static uint64_t module_word(struct collector *collector, trace_code_t code)
{
    struct suite *suite = collector->suite;
    const struct module *module =
        execution_find_module(collector->execution, TRACE_CODE_MODULE(code));

    if (module == NULL)
        return 0;
    uint64_t identity = suite_text_word(suite, module_identity(collector->scratch, module));
    uint32_t row = suite_add(suite, SUITE_MODULE, &identity, 1);
    suite_merge_text(suite, SUITE_MODULE, row, 0, module->path);
    return (uint64_t)row + 1;
}

/* Addresses outside of files differ from run to run: they say nothing. */
static void add_code(struct collector *collector, trace_code_t code)
{
    uint64_t module = module_word(collector, code);

    add_word(collector, module);
    add_word(collector, module != 0 ? TRACE_CODE_OFFSET(code) : 0);
}

static uint64_t stack_word(struct collector *collector, uint32_t id)
{
    const struct stack *stack = execution_find_stack(collector->execution, id);

    if (stack == NULL)
        return 0;
    uint32_t *row = &collector->stack_row[stack - collector->execution->stacks];
    if (*row == 0) {
        collector->words.count = 0;
        add_word(collector, stack->truncated);
        for (uint32_t i = 0; i < stack->frame_count; i++)
            add_code(collector, stack->frames[i]);
        *row = suite_add(collector->suite, SUITE_STACK, collector->words.items,
                         (uint32_t)collector->words.count) +
               1;
    }
    return *row;
}

/* The innermost frames, as far as they lie in one file: what called that may differ from program
 * to program. */
static bool add_birth_frames(struct collector *collector, uint32_t id)
{
    const struct stack *stack = execution_find_stack(collector->execution, id);

    if (stack == NULL || stack->frame_count == 0)
        return false;
    uint32_t module = TRACE_CODE_MODULE(stack->frames[0]);
    for (uint32_t i = 0; i < stack->frame_count && i < BIRTH_FRAMES &&
                         TRACE_CODE_MODULE(stack->frames[i]) == module;
         i++)
        add_code(collector, stack->frames[i]);
    return true;
}

static const char *static_birth(struct collector *collector, const struct lock *lock)
{
    struct data_name data =
        symbolizer_data(collector->symbolizer, collector->execution, lock->location);

    if (data.name == NULL || data.file == NULL || data.line == 0)
        return "static";
    return arena_printf(collector->scratch, "static %s %s:%" PRIu32, data.name, data.file,
                        data.line);
}

static const char *origin_of(struct collector *collector, const struct lock *lock)
{
    struct arena *arena = collector->scratch;
    const struct execution *execution = collector->execution;
    const struct module *module =
        execution_find_module(execution, TRACE_CODE_MODULE(lock->location));

    if (module != NULL) {
        struct data_name data = symbolizer_data(collector->symbolizer, execution, lock->location);
        const char *in = arena_printf(arena, "static in %s", module->path);
        return data.file == NULL ? in
                                 : arena_printf(arena, "%s, defined at %s:%" PRIu32, in,
                                                place_file(arena, execution, data.file), data.line);
    }
    const char *place = place_summary(
        arena, symbolizer_stack(collector->symbolizer, execution, names_birth_stack(lock)));
    if (place == NULL)
        return "";
    return arena_printf(arena, "%s at %s", lock->init_stack != 0 ? "created" : "first locked",
                        place);
}

static bool knows_all_locks(const struct execution *execution)
{
    return execution->locks_seen == execution->lock_count;
}

/* What can be told from the lock alone of whether its class is one lock. */
static uint32_t class_bits(const struct execution *execution, const struct lock *lock)
{
    uint32_t bits = lock->flags & TRACE_LOCK_WRITER_QUEUES ? SUITE_CLASS_QUEUES : 0;

    if (lock->marks & (TRACE_MARK_OTHER_THREAD | TRACE_MARK_SIGNAL))
        bits |= SUITE_CLASS_NO_LOCK;
    if (lock->place != NULL || lock->flags & (TRACE_LOCK_SHARED | TRACE_LOCK_ON_STACK))
        return bits | SUITE_CLASS_MANY;
    if (lock->location != 0)
        return bits;
    return lock->init_stack != 0 && knows_all_locks(execution) ? bits : bits | SUITE_CLASS_MANY;
}

static uint32_t add_class(struct collector *collector, const struct lock *lock)
{
    struct suite *suite = collector->suite;
    const char *birth = "unknown";

    collector->words.count = 0;
    add_word(collector, lock->kind);
    add_word(collector, 0);
    if (lock->location != 0) {
        birth = static_birth(collector, lock);
        if (strcmp(birth, "static") == 0)
            add_code(collector, lock->location);
    } else if (add_birth_frames(collector, lock->init_stack)) {
        birth = "created";
    } else if (add_birth_frames(collector, lock->first_stack)) {
        birth = "first locked";
    }
    collector->words.items[SUITE_CLASS_BIRTH] = suite_text_word(suite, birth);
    uint32_t row =
        suite_add(suite, SUITE_CLASS, collector->words.items, (uint32_t)collector->words.count);
    suite_merge_text(suite, SUITE_CLASS, row, 0,
                     names_lock_birth(collector->names, collector->execution, lock));
    suite_merge_text(suite, SUITE_CLASS, row, 1, origin_of(collector, lock));
    suite_merge_text(
        suite, SUITE_CLASS, row, 2,
        lock_label(collector->scratch, collector->symbolizer, collector->execution, lock));
    suite_merge_bits(suite, SUITE_CLASS, row, class_bits(collector->execution, lock));
    return row;
}

static void remember_first_lock(struct collector *collector, uint32_t row, size_t position)
{
    const struct lock *locks = collector->execution->locks;

    if (row >= collector->first_capacity) {
        size_t larger = 2 * (size_t)row + 64;
        uint32_t *moved = arena_alloc(collector->scratch, larger, sizeof *moved);
        if (collector->first_capacity != 0)
            memcpy(moved, collector->first_lock, collector->first_capacity * sizeof *moved);
        collector->first_lock = moved;
        collector->first_capacity = larger;
    }
    uint32_t *first = &collector->first_lock[row];
    if (*first == 0)
        *first = (uint32_t)position + 1;
    /* A static lock may be initialised again and again; what else is alike is not the same. */
    else if (locks[position].location == 0 ||
             locks[position].location != locks[*first - 1].location)
        suite_merge_bits(collector->suite, SUITE_CLASS, row, SUITE_CLASS_MANY);
}

/* The row of a lock's class; NO_ROW for what is no lock here. */
static uint32_t class_of(struct collector *collector, uint32_t id)
{
    const struct execution *execution = collector->execution;
    const struct lock *lock = execution_find_lock(execution, id);

    if (lock == NULL || thread_end_of(lock) != 0)
        return NO_ROW;
    if (lock->kind == TRACE_LOCK_SEMAPHORE && (lock->marks & TRACE_MARK_PROVED) == 0)
        return NO_ROW;
    uint32_t *row = &collector->class_of[lock - execution->locks];
    if (*row == 0) {
        *row = add_class(collector, lock) + 1;
        remember_first_lock(collector, *row - 1, (size_t)(lock - execution->locks));
    }
    return *row - 1;
}

/* By position of a thread that no other created: the segment that begins with its first creation
 * or fork, UINT32_MAX if there is none. */
static uint32_t *find_first_segments(struct arena *arena, const struct execution *execution)
{
    uint32_t *first = arena_alloc(arena, execution->thread_count + 1, sizeof *first);

    for (size_t i = 0; i < execution->thread_count; i++)
        first[i] = UINT32_MAX;
    for (size_t i = 0; i < execution->segment_count; i++) {
        const struct segment_start *start = &execution->segments[i];
        const struct thread *thread = execution_find_thread(execution, start->thread);
        bool adds = start->cause == TRACE_SEGMENT_CREATE || start->cause == TRACE_SEGMENT_FORK;
        if (thread != NULL && thread->parent == 0 && adds &&
            start->segment < first[thread - execution->threads])
            first[thread - execution->threads] = start->segment;
    }
    return first;
}

/* Before the process had a second thread or a child, which it had later. */
static bool is_start_up(const struct collector *collector, const struct dependency *dependency)
{
    const struct execution *execution = collector->execution;
    const struct thread *thread = execution_find_thread(execution, dependency->thread);

    if (thread == NULL || thread->parent != 0)
        return false;
    uint32_t first = collector->first_segment[thread - execution->threads];
    return first != UINT32_MAX && dependency->segment < first;
}

static void add_key(struct collector *collector, uint64_t word)
{
    *array_add(collector->scratch, &collector->key) = word;
}

/* Leaves the key in collector->key; false for what orders nothing. */
static bool make_key(struct collector *collector, const struct dependency *dependency)
{
    const struct suite *suite = collector->suite;
    uint32_t wanted = class_of(collector, dependency->lock);

    if (wanted == NO_ROW)
        return false;
    bool queues = suite_row(suite, SUITE_CLASS, wanted)->bits & SUITE_CLASS_QUEUES;
    uint64_t stack = stack_word(collector, dependency->stack);
    collector->key.count = 0;
    add_key(collector, is_start_up(collector, dependency) ? SUITE_START_UP : 0);
    add_key(collector, (uint64_t)wanted + 1);
    add_key(collector, dependency->mode);
    add_key(collector, stack);
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        const struct trace_dependency_held *held = &dependency->held[i];
        uint32_t row = class_of(collector, held->lock);
        if (held->lock == dependency->lock)
            return false;
        if (row == NO_ROW)
            continue;
        uint64_t site = stack_word(collector, held->stack);
        add_key(collector, (uint64_t)row + 1);
        add_key(collector, held->mode);
        add_key(collector, site);
    }
    return collector->key.count > SUITE_DEPENDENCY_HELD ||
           (queues && !(dependency->mode & TRACE_MODE_READ));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static uint32_t add_recording(struct suite *suite, struct arena *scratch,
                              const struct execution *execution)
{
    const char *command = "";
    uint64_t lost = 0, shared = 0;

    for (size_t i = 0; i < execution->argument_count; i++)
        command =
            arena_printf(scratch, "%s%s%s", command, i == 0 ? "" : " ", execution->arguments[i]);
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++)
        lost += execution->lost[i];
    for (size_t i = 0; i < execution->lock_count; i++)
        shared += execution->locks[i].place != NULL;
    const char *program = execution->executable != NULL ? execution->executable : "";
    const uint64_t words[] = {
        [SUITE_RECORDING_FILE] = suite_text_word(suite, base_name(execution->file)),
        [SUITE_RECORDING_PROGRAM] = suite_text_word(suite, program),
        [SUITE_RECORDING_COMMAND] = suite_text_word(suite, command),
        [SUITE_RECORDING_PID] = execution->pid,
        [SUITE_RECORDING_PARENT] = execution->parent_pid,
        [SUITE_RECORDING_START_NS] = execution->start_realtime_ns,
        [SUITE_RECORDING_COMPLETE] = execution->complete,
        [SUITE_RECORDING_LOST] = lost,
        [SUITE_RECORDING_THREADS] = execution->threads_seen,
        [SUITE_RECORDING_LOCKS] = execution->locks_seen,
        [SUITE_RECORDING_REQUESTS] = execution->dependency_count,
        [SUITE_RECORDING_SHARED] = shared,
    };
    return suite_add(suite, SUITE_RECORDING, words, sizeof words / sizeof words[0]);
}

static struct collector collector_of(struct suite *suite, struct arena *arena,
                                     struct symbolizer *symbolizer,
                                     const struct execution *execution)
{
    return (struct collector){
        .suite = suite,
        .scratch = arena,
        .symbolizer = symbolizer,
        .names = names_create(arena, symbolizer),
        .execution = execution,
        .class_of = arena_alloc(arena, execution->lock_count, sizeof(uint32_t)),
        .stack_row = arena_alloc(arena, execution->stack_count, sizeof(uint32_t)),
        .first_segment = find_first_segments(arena, execution),
    };
}

/* A lock that orders nothing tells all the same that its class has more than one. */
static void add_created(struct collector *collector)
{
    const struct execution *execution = collector->execution;

    for (size_t i = 0; i < execution->lock_count && knows_all_locks(execution); i++) {
        if (execution->locks[i].location == 0 && execution->locks[i].init_stack != 0)
            (void)class_of(collector, execution->locks[i].id);
    }
}

uint32_t suite_collect_execution(struct suite *suite, struct arena *scratch,
                                 struct symbolizer *symbolizer, const struct execution *execution)
{
    struct collector collector = collector_of(suite, scratch, symbolizer, execution);
    uint32_t recording = add_recording(suite, scratch, execution);

    add_created(&collector);
    for (size_t i = 0; i < execution->dependency_count; i++) {
        if (!make_key(&collector, &execution->dependencies[i]))
            continue;
        uint32_t row =
            suite_add(suite, SUITE_DEPENDENCY, collector.key.items, (uint32_t)collector.key.count);
        suite_merge_recording(suite, SUITE_DEPENDENCY, row, recording);
    }
    return recording;
}

const char *suite_collect_ring(struct suite *suite, struct arena *scratch,
                               struct symbolizer *symbolizer, const struct execution *execution,
                               const struct finding *finding)
{
    uint32_t *rows = arena_alloc(scratch, finding->step_count + 1, sizeof *rows);

    if (finding->step_count < 2)
        return "";
    struct collector collector = collector_of(suite, scratch, symbolizer, execution);
    for (size_t i = 0; i < finding->step_count; i++) {
        rows[i] = class_of(&collector, step_hold(&finding->steps[i])->lock);
        if (rows[i] == NO_ROW)
            return "";
    }
    return suite_ring(suite, scratch, rows, finding->step_count);
}
