#include "shim/core/lifecycle.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/capture/python_caller.h"
#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/capture/unwind.h"
#include "shim/core/chain_table.h"
#include "shim/core/events.h"
#include "shim/core/everyone.h"
#include "shim/core/lock_table.h"
#include "shim/core/misuse_lock.h"
#include "shim/core/past_objects.h"
#include "shim/core/order_graph.h"
#include "shim/core/peer.h"
#include "shim/core/perturb.h"
#include "shim/core/plan.h"
#include "shim/core/standin.h"
#include "shim/core/steer.h"
#include "shim/core/thread.h"
#include "shim/core/wakes.h"
#include "shim/platform/block_size.h"
#include "shim/platform/descriptor.h"
#include "shim/platform/foreign.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/mapping.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/path.h"
#include "shim/platform/plain_semaphore.h"
#include "shim/platform/real.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum { PAGE_BYTES = 4096, MAIN_STACK_MOST = 64 << 20 };

/* A page the kernel wipes in a fork child: 1 in a process the shim has started in. */
static volatile unsigned char *process_alive;

static enum { NOT_STARTED, STARTING, STARTED, OFF } state;
static pid_t own_pid;
static bool is_fork_child;
static const char *misuse_complaint; /* a word of option misuse that is none */
static size_t default_stack = 8 << 20;
static struct kept_descriptor start_stderr = {.fd = -1};
static struct inner_lock stderr_lock; /* protects its use */

size_t lifecycle_default_stack(void)
{
    return default_stack;
}

/* Nothing but the stack is mapped within the first 128 MiB below its end, whatever its limit. */
bool lifecycle_main_stack(uintptr_t *high, uintptr_t *bytes)
{
    struct rlimit limit;
    void **end = dlsym(RTLD_DEFAULT, "__libc_stack_end");
    if (!end || getrlimit(RLIMIT_STACK, &limit) != 0)
        return false;
    *high = (uintptr_t)*end;
    *bytes = limit.rlim_cur < MAIN_STACK_MOST ? limit.rlim_cur : MAIN_STACK_MOST;
    return true;
}

static void learn_default_stack(void)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return;
    pthread_attr_getstacksize(&attributes, &default_stack);
    pthread_attr_destroy(&attributes);
}

/* The kernel gives a fork child this page as zeros. */
static bool make_alive_page(void)
{
    unsigned char *page = memory_map(PAGE_BYTES);
    if (!page || madvise(page, PAGE_BYTES, MADV_WIPEONFORK) != 0)
        return false;
    *page = 1;
    process_alive = page;
    return true;
}

static void write_note(const char *text)
{
    size_t bytes = strlen(text) + 1;
    recording_lock();
    struct trace_note *note = recording_reserve(sizeof(*note) + bytes);
    if (note) {
        note->text_bytes = (uint32_t)bytes;
        memcpy(note->text, text, bytes);
        recording_publish(note, TRACE_NOTE, sizeof(*note) + bytes);
    }
    recording_unlock();
}

static void note_plan_complaints(void)
{
    char buffer[PATH_BYTES + 192];
    struct text line = text_over(buffer, sizeof(buffer));
    for (size_t i = 0; plan_complaint(i, &line); i++) {
        write_note(buffer);
        line = text_over(buffer, sizeof(buffer));
    }
}

static void note_what_is_missing(void)
{
    char buffer[192];
    struct text line = text_over(buffer, sizeof(buffer));
    if (options_complaint()[0]) {
        text_add(&line, "UNKNOT_OPTIONS: ");
        text_add(&line, options_complaint());
        write_note(buffer);
    }
    if (misuse_complaint) {
        line = text_over(buffer, sizeof(buffer));
        text_add(&line, "UNKNOT_OPTIONS: misuse: no such word '");
        text_add(&line, misuse_complaint);
        text_add(&line, "' (help=1 lists them)");
        write_note(buffer);
    }
    note_plan_complaints();
    if (!unwind_available())
        write_note("libunwind-x86_64.so.8 could not be loaded: stacks have one frame (install "
                   "libunwind8)");
    void *free_in_use = dlsym(RTLD_DEFAULT, "free");
    if (free_in_use && free_in_use != dlsym(RTLD_NEXT, "free") &&
        real_functions.free != dlsym(RTLD_NEXT, "free"))
        write_note("the program brings its own free(): locks in freed memory stay known");
}

static struct shim_thread *first_sight_of_thread(void)
{
    static struct shim_thread starting = {.busy = THREAD_CALLING_OUT};
    int saved_errno = errno;
    thread_self = &starting; /* what is called from here passes through */
    struct shim_thread *self = thread_start_unannounced();
    thread_self = self ? self : &thread_nobody;
    errno = saved_errno;
    return self;
}

/* The report tells from them what kinds of locks may have been used unseen. Not in a fork child:
 * there the loader's list may be locked by a thread that is no more. */
static void record_modules(void)
{
    struct shim_thread *self = thread_enter();
    if (!self || is_fork_child || getpid() != own_pid || !recording_path()[0])
        return;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    module_intern_loaded();
    recording_lock();
    module_record_all();
    recording_unlock();
    thread_unguard(self);
    errno = saved_errno;
}

static void judge_at_exit(void)
{
    struct shim_thread *self = thread_enter();
    if (!self || getpid() != own_pid)
        return;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    thread_judge_gone();
    misuse_of_undestroyed(self);
    thread_unguard(self);
    errno = saved_errno;
}

static void at_exit(int status, void *context)
{
    (void)context;
    judge_at_exit();
    record_modules();
    lifecycle_exit(status);
}

/* Of each recording: a fork child's is another. */
static void describe_process(void)
{
    thread_describe_survivor();
    if (standin_on)
        standin_describe();
}

static void start(void)
{
    real_resolve();
    options_parse(getenv("UNKNOT_OPTIONS"));
    misuse_complaint = misuse_choose(options.misuse);
    plan_read(options.plan);
    steer_start();
    perturb_start(options.perturb);
    if (options.help) {
        options_help(STDERR_FILENO);
        misuse_help(STDERR_FILENO);
    }
    own_pid = getpid();
    process_remember();
    learn_default_stack();
    if (!make_alive_page()) {
        state = OFF;
        return;
    }
    descriptor_duplicate(&start_stderr, STDERR_FILENO);
    if (strcmp(options.record, "none") != 0)
        recording_configure(options.record);
    else
        options.events = false;
    recording_on_open(describe_process);
    recording_open_now();
    stack_start();
    plain_semaphore_start();
    python_caller_start();
    block_size_start();
    on_exit(at_exit, NULL);
    state = STARTED;
    first_sight_of_thread();
    standin_start();
    note_what_is_missing();
    record_modules();
    foreign_unbind_weak();
    dlerror(); /* functions this C library lacks are no error of the program's */
}

__attribute__((constructor)) static void start_once(void)
{
    int saved_errno = errno, cancel_state;
    if (state != NOT_STARTED)
        return;
    state = STARTING;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    start();
    pthread_setcancelstate(cancel_state, NULL);
    errno = saved_errno;
}

void lifecycle_start_early(uintptr_t address)
{
    Dl_info caller, allocator;
    if (state != NOT_STARTED || !environ) /* too early even to read the options */
        return;
    void *allocate = dlsym(RTLD_DEFAULT, "malloc");
    if (allocate && dladdr(allocate, &allocator) && dladdr((void *)address, &caller) &&
        allocator.dli_fbase != caller.dli_fbase)
        start_once();
}

/* Left by a longjmp out of a signal handler: the frame that set the guard is gone. */
static bool guard_is_stale(const struct shim_thread *self)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return self->busy > THREAD_CALLING_OUT && here > self->busy && self->busy >= self->stack_low &&
           here < self->stack_high;
}

struct shim_thread *thread_enter(void)
{
    if (state != STARTED)
        return NULL;
    if (!*process_alive)
        lifecycle_fork_child();
    struct shim_thread *self = thread_self;
    if (self == &thread_nobody)
        return first_sight_of_thread();
    if (!self->busy)
        return self;
    if (guard_is_stale(self)) {
        thread_unguard(self);
        return self;
    }
    if (self->busy != THREAD_CALLING_OUT)
        recording_count_lost(TRACE_LOST_signal);
    return NULL;
}

void lifecycle_fork_prepare(void)
{
    struct shim_thread *self = thread_enter();
    int saved_errno = errno;
    stack_fork_prepare();
    if (self)
        thread_fork_prepare(self);
    errno = saved_errno;
}

void lifecycle_fork_parent(pid_t child)
{
    int saved_errno = errno;
    stack_fork_parent();
    thread_fork_parent(child);
    errno = saved_errno;
}

static void become_child(void)
{
    *process_alive = 1;
    is_fork_child = true;
    own_pid = getpid();
    inner_lock_reset(&stderr_lock);
    stack_after_fork();
    mapping_after_fork();
    peer_after_fork();
    lock_table_after_fork();
    wakes_after_fork();
    everyone_after_fork();
    misuse_after_fork();
    past_objects_after_fork();
    waiters_after_fork();
    standin_after_fork();
    steer_after_fork();
    chain_table_after_fork();
    recording_after_fork();
    events_after_fork();
    thread_after_fork();
}

/* Whoever gets here first in the child: a hook called by an atfork handler, by the program, or the
 * return of the fork hook. There is one thread, so nothing is locked by anybody. */
void lifecycle_fork_child(void)
{
    int saved_errno = errno;
    if (state != STARTED || *process_alive)
        return;
    inner_quiet_enter(); /* a handler would find half of a new process */
    if (!*process_alive)
        become_child();
    inner_quiet_leave();
    errno = saved_errno;
}

static bool is_vfork_child(void)
{
    return state != STARTED || getpid() != own_pid;
}

void lifecycle_exec_begin(void)
{
    if (!is_vfork_child())
        recording_set_state(TRACE_EXECED, 0);
}

void lifecycle_exec_failed(void)
{
    int saved_errno = errno;
    if (!is_vfork_child())
        recording_set_state(TRACE_RUNNING, 0);
    errno = saved_errno;
}

void lifecycle_write(const struct text *text)
{
    inner_lock_acquire(&stderr_lock);
    int fd = descriptor_use(&start_stderr, STDERR_FILENO, NULL);
    if (fd >= 0)
        text_write(text, fd);
    inner_lock_release(&stderr_lock);
}

_Noreturn void lifecycle_end_program(void)
{
    bool aborts = options.on_deadlock == ON_DEADLOCK_abort;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    if (aborts) {
        sigaction(SIGABRT, &standard, NULL);
        abort();
    }
    recording_set_state(TRACE_EXITED, (int)options.deadlock_status);
    syscall(SYS_exit_group, options.deadlock_status);
    __builtin_unreachable();
}

/* The first thing wrong with the plan, as a line; the recording has them all. */
static void add_plan_complaint(struct text *text)
{
    char buffer[PATH_BYTES + 192];
    struct text line = text_over(buffer, sizeof(buffer));
    if (plan_complaint(0, &line)) {
        text_add(text, "unknot: ");
        text_add(text, buffer);
        text_add(text, "\n");
    }
}

/* The line at exit, if there is something to say: not a verdict, but where to get it. */
static void add_summary(struct text *text)
{
    char buffer[PATH_BYTES + 256];
    struct text line = text_over(buffer, sizeof(buffer));
    struct order_conflicts conflicts = order_graph_conflicts();
    if (recording_failed() || !recording_path()[0]) {
        if (strcmp(options.record, "none") == 0)
            return;
        text_add(&line, "unknot: nothing or not all was recorded: ");
        text_add(&line, recording_failed() ? recording_failure() : options_complaint());
    } else if (misuse_certain()) {
        text_add(&line, "unknot: locks were misused");
        text_add(&line, conflicts.groups ? ", and taken in conflicting orders" : "");
        text_add(&line, "; what is wrong, and where: unknot report ");
        text_add(&line, recording_path());
    } else if (conflicts.groups) {
        text_add(&line, "unknot: ");
        text_add_number(&line, conflicts.locks);
        text_add(&line,
                 " locks were taken in conflicting orders; to see whether they can deadlock: "
                 "unknot report ");
        text_add(&line, recording_path());
    } else if (misuse_hazards()) {
        text_add(&line, "unknot: a signal handler takes a lock that it may have interrupted; "
                        "where: unknot report ");
        text_add(&line, recording_path());
    } else {
        return;
    }
    text_add(text, buffer);
    text_add(text, "\n");
}

static void report(void)
{
    char buffer[2 * PATH_BYTES + 512];
    struct text text = text_over(buffer, sizeof(buffer));
    add_plan_complaint(&text);
    add_summary(&text);
    if (text.length != 0)
        lifecycle_write(&text);
}

void lifecycle_exit(int status)
{
    int saved_errno = errno;
    if (!is_vfork_child()) {
        recording_set_state(TRACE_EXITED, status);
        if (options.exit_report)
            report();
    }
    errno = saved_errno;
}
