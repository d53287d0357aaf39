#include "analyzer/diagnose/wait.h"

#include <inttypes.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include "analyzer/diagnose/glibc_layout.h"
#include "analyzer/diagnose/holder.h"
#include "analyzer/report/place.h"

#define FUNCTION_FRAMES_MAX 10 /* between the system call and what the program called */

#define ONCE_RUNNING 1u       /* the lowest two bits of a control while it runs */
#define GUARD_WAITED 0x10000u /* libstdc++'s mark in a guard that threads wait for */

bool wait_is_futex(const struct target_thread *thread)
{
    if (!thread->in_syscall || thread->syscall != SYS_futex) {
        return false;
    }
    switch (thread->arguments[1] & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_WAIT_REQUEUE_PI:
        return true;
    default:
        return false;
    }
}

const char *wait_kind_text(enum wait_kind kind)
{
    static const char *const texts[] = {
#define WAIT_KIND(NAME, lock, ends, text) text,
#include "analyzer/diagnose/wait_kinds.def"
#undef WAIT_KIND
    };
    return texts[kind];
}

bool wait_kind_has_holder(enum wait_kind kind)
{
    enum { HOLDER, ANYONE };
    static const int ends[] = {
#define WAIT_KIND(NAME, lock, ends, text) ends,
#include "analyzer/diagnose/wait_kinds.def"
#undef WAIT_KIND
    };
    return ends[kind] == HOLDER;
}

static enum trace_lock_kind lock_kind(enum wait_kind kind)
{
    static const enum trace_lock_kind kinds[] = {
#define WAIT_KIND(NAME, lock, ends, text) TRACE_LOCK_##lock,
#include "analyzer/diagnose/wait_kinds.def"
#undef WAIT_KIND
    };
    return kinds[kind];
}

static const struct wait_function {
    const char *name;
    enum wait_kind kind;
    uint32_t flags;
} functions[] = {
#define WAIT_FUNCTION(name, kind, flags) {name, WAIT_##kind, flags},
#include "analyzer/diagnose/wait_functions.def"
#undef WAIT_FUNCTION
};

static const struct wait_function *find_function(const char *name)
{
    const char *bare = name != NULL ? name + strspn(name, "_") : "";
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strncmp(bare, functions[i].name, strlen(functions[i].name)) == 0) {
            return &functions[i];
        }
    }
    return NULL;
}

static bool is_library(const struct frame *frame)
{
    static const char *const names[] = {"libc.so", "libpthread.so", "libstdc++.so", "ld-linux",
                                        "libc-",   "libpthread-",   "libc++abi.so"};
    const char *slash = strrchr(frame->module, '/');
    const char *name = slash != NULL ? slash + 1 : frame->module;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(name, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* The innermost function that is known to wait. In a static program the library's functions lie in
 * the program's own file. */
static const struct wait_function *function_of(struct wait *wait)
{
    const struct frame_list *stack = &wait->stack;
    bool is_static = stack->count > 0 && !is_library(&stack->frames[0]);
    wait->function_frame = SIZE_MAX;
    for (size_t i = 0; i < stack->count && i < FUNCTION_FRAMES_MAX; i++) {
        if (!is_static && !is_library(&stack->frames[i])) {
            break;
        }
        const struct wait_function *function = find_function(stack->frames[i].function);
        if (function != NULL) {
            wait->function_frame = i;
            return function;
        }
    }
    return NULL;
}

struct frame_list wait_program_part(struct frame_list stack)
{
    size_t first = 0;
    while (first < stack.count && is_library(&stack.frames[first])) {
        first++;
    }
    if (first == stack.count) {
        first = 0;
    }
    return place_program_frames((struct frame_list){stack.count - first, stack.frames + first});
}

struct frame_list wait_program_frames(const struct wait *wait)
{
    size_t first = wait->function_frame != SIZE_MAX ? wait->function_frame + 1 : 0;
    if (first >= wait->stack.count) {
        return wait_program_part(wait->stack);
    }
    return wait_program_part(
        (struct frame_list){wait->stack.count - first, wait->stack.frames + first});
}

/* Whether what the futex looks like agrees with the function that waits in it. */
static bool take_kind(struct subject *subject, struct wait *wait, enum wait_kind kind)
{
    uint32_t expected = (uint32_t)wait->thread->arguments[2];
    wait->object = wait->futex;
    switch (kind) {
    case WAIT_MUTEX:
        return holder_take_mutex(subject, wait) || holder_take_paused_mutex(subject, wait);
    case WAIT_RWLOCK:
        return holder_take_rwlock(subject, wait);
    case WAIT_STREAM:
        return holder_take_stream(subject, wait);
    case WAIT_JOIN:
        return holder_take_join(subject, wait);
    case WAIT_ONCE:
        return (expected & 3u) == ONCE_RUNNING;
    case WAIT_GUARD:
        return (expected & GUARD_WAITED) != 0;
    case WAIT_SEMAPHORE:
        return expected == 0;
    case WAIT_CONDITION:
        wait->object -= GLIBC_COND_SIGNALS + (wait->futex % 8 != 0 ? sizeof(int) : 0);
        return true;
    case WAIT_BARRIER:
        wait->object -= GLIBC_BARRIER_ROUND;
        return true;
    default:
        return false;
    }
}

/* Without a function's name it must be plain who holds it. */
static enum wait_kind find_kind(struct subject *subject, struct wait *wait)
{
    static const struct {
        enum wait_kind kind;
        uint32_t flags;
    } by_layout[] = {{WAIT_JOIN, 0},
                     {WAIT_STREAM, 0},
                     {WAIT_MUTEX, 0},
                     {WAIT_RWLOCK, WAIT_READS},
                     {WAIT_RWLOCK, 0}};
    const struct wait_function *function = function_of(wait);
    if (function != NULL) {
        wait->flags = function->flags;
        if (take_kind(subject, wait, function->kind)) {
            return function->kind;
        }
    }
    wait->function_frame = SIZE_MAX;
    for (size_t i = 0; i < sizeof by_layout / sizeof by_layout[0]; i++) {
        wait->flags = by_layout[i].flags;
        if (take_kind(subject, wait, by_layout[i].kind) && wait->holder == HOLDER_THREAD) {
            return by_layout[i].kind;
        }
    }
    wait->flags = 0;
    wait->object = wait->futex;
    wait->holder = HOLDER_UNKNOWN;
    return WAIT_OTHER;
}

/* The lock of a standard stream is a variable of the C library. */
static const char *stream_name(struct subject *subject, uint64_t address)
{
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    struct data_name data =
        symbolizer_data(subject->symbolizer, &subject->execution, subject_code(subject, address));
    for (size_t i = 0; data.name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(data.name, arena_printf(subject->arena, "_IO_stdfile_%zu_lock", i)) == 0) {
            return names[i];
        }
    }
    return NULL;
}

/* A name that its kind gives a lock; NULL when its address tells more. */
static const char *own_name(struct subject *subject, const struct wait *wait)
{
    const char *name = NULL;
    if (wait->kind == WAIT_STREAM) {
        name = stream_name(subject, wait->object);
    } else if (wait->kind == WAIT_PYTHON_LOCK) {
        name = python_lock_name(subject->target, &subject->python, wait->object);
    }
    if (name == NULL && subject_code(subject, wait->object) == 0) {
        return arena_printf(subject->arena, "%s at 0x%" PRIx64, wait_kind_text(wait->kind),
                            wait->object);
    }
    return name;
}

/* Where a with block took the lock. */
static void take_place(struct wait *wait, const struct python_thread *holder,
                       const struct python_held *held)
{
    if (held->frame < holder->frame_count && held->line != 0) {
        const struct python_frame *frame = &holder->frames[held->frame];
        wait->taken = (struct frame){.function = frame->function,
                                     .file = frame->file,
                                     .line = held->line,
                                     .module = "",
                                     .language = "Python"};
    }
}

static void find_python_holder(struct subject *subject, struct wait *wait)
{
    for (size_t i = 0; i < subject->python.thread_count; i++) {
        const struct python_thread *other = &subject->python.threads[i];
        for (size_t j = 0; j < other->held_count; j++) {
            if (other->held[j].object == wait->object) {
                wait->holder = HOLDER_THREAD;
                wait->holder_tid = other->tid;
                take_place(wait, other, &other->held[j]);
            }
        }
    }
}

/* What Python waits for: to the C library its lock may be a semaphore, or the thread sleep on one
 * of its own. */
static void take_python(struct subject *subject, struct wait *wait)
{
    const struct python_thread *python = python_state_find(&subject->python, wait->thread->tid);
    if (python == NULL || (python->wanted.object == 0 && python->joins == 0)) {
        return;
    }
    wait->is_python = true;
    wait->holder = HOLDER_UNKNOWN;
    if (python->joins != 0) {
        bool is_there = target_find_thread(subject->target, python->joins) != NULL;
        wait->kind = WAIT_JOIN;
        wait->object = wait->holder_tid = python->joins;
        wait->holder = is_there ? HOLDER_THREAD : HOLDER_UNKNOWN;
    } else {
        wait->kind = WAIT_PYTHON_LOCK;
        wait->object = python->wanted.object;
        find_python_holder(subject, wait);
    }
}

/* A Python lock is one lock whatever it is to the C library. */
static void add_lock(struct subject *subject, struct wait *wait)
{
    const struct execution *execution = &subject->execution;
    for (size_t i = 0; i < execution->lock_count; i++) {
        if (execution->locks[i].address == wait->object) {
            wait->lock = execution->locks[i].id;
            return;
        }
    }
    wait->lock = subject_add_lock(subject, lock_kind(wait->kind), holder_lock_flags(subject, wait),
                                  wait->object, own_name(subject, wait));
}

bool wait_read(struct subject *subject, struct target_thread *thread, struct wait *wait)
{
    *wait = (struct wait){.thread = thread, .function_frame = SIZE_MAX};
    if (!wait_is_futex(thread)) {
        return false;
    }
    bool has_timeout = (thread->arguments[1] & FUTEX_CMD_MASK) != FUTEX_WAIT_REQUEUE_PI;
    wait->futex = thread->arguments[0];
    wait->timed = has_timeout && thread->arguments[3] != 0;
    /* A stop would turn a timed wait into another system call; it is not stuck anyway. */
    wait->stack = subject_stack(subject, thread, !wait->timed);
    wait->kind = find_kind(subject, wait);
    take_python(subject, wait);
    if (wait->kind != WAIT_JOIN) {
        add_lock(subject, wait);
    }
    return true;
}

/* The function keeps its argument where it got it. */
bool wait_read_spin(struct subject *subject, struct target_thread *thread, struct wait *wait)
{
    int32_t word;
    *wait = (struct wait){.thread = thread, .function_frame = SIZE_MAX, .kind = WAIT_SPIN};
    if (!target_get_registers(subject->target, thread)) {
        return false;
    }
    wait->stack = subject_stack(subject, thread, false);
    const struct wait_function *function = function_of(wait);
    if (function == NULL || function->kind != WAIT_SPIN) {
        return false;
    }
    wait->object = thread->registers[TARGET_RDI];
    if (!target_read(subject->target, wait->object, &word, sizeof word) ||
        word >= GLIBC_SPIN_FREE) {
        return false;
    }
    wait->moved = !subject->target->is_core;
    add_lock(subject, wait);
    return true;
}

bool wait_is_still_held(struct subject *subject, const struct wait *wait)
{
    struct wait again = *wait;
    bool shown = (wait->kind == WAIT_MUTEX || wait->kind == WAIT_RWLOCK ||
                  wait->kind == WAIT_STREAM || wait->kind == WAIT_JOIN) &&
                 !wait->is_python;
    /* What else is known comes from the stacks of threads that have not moved. */
    return !shown || (take_kind(subject, &again, wait->kind) && again.holder == wait->holder &&
                      again.holder_tid == wait->holder_tid);
}

static bool is_once(const struct frame *frame)
{
    const struct wait_function *function = find_function(frame->function);
    return function != NULL && function->kind == WAIT_ONCE;
}

static bool same_function(const struct frame *a, const struct frame *b)
{
    return a->function != NULL && b->function != NULL && strcmp(a->function, b->function) == 0 &&
           strcmp(a->module, b->module) == 0;
}

/* Whether the thread of `other` runs, below what it does now, the initialiser that `wait` is for: a
 * once control's is called by the C library, a static variable's by the function that has it. */
static bool may_run(const struct wait *other, const struct wait *wait)
{
    size_t own = other->function_frame != SIZE_MAX ? other->function_frame : 0;
    size_t caller = wait->function_frame + 1;
    for (size_t i = own + 1; i < other->stack.count; i++) {
        const struct frame *frame = &other->stack.frames[i];
        if (wait->kind == WAIT_ONCE && is_once(frame)) {
            /* Its own frames that lead to the wait: pthread_once calls its slow part. */
            bool inside_own_wait = other->kind == WAIT_ONCE && i <= own + 1;
            if (!inside_own_wait) {
                return true;
            }
        }
        bool waits_there = other->kind == WAIT_GUARD && i == own + 1;
        if (wait->kind == WAIT_GUARD && !waits_there && caller < wait->stack.count &&
            same_function(frame, &wait->stack.frames[caller])) {
            return true;
        }
    }
    return false;
}

void wait_find_initialisers(struct wait *waits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct wait *wait = &waits[i];
        size_t candidates = 0;
        if (wait->kind != WAIT_ONCE && wait->kind != WAIT_GUARD) {
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (may_run(&waits[j], wait)) {
                wait->holder_tid = waits[j].thread->tid;
                candidates++;
            }
        }
        wait->holder = candidates == 1 ? HOLDER_THREAD : HOLDER_UNKNOWN;
    }
}
