/* A handler that locks runs at every instruction of what another piece of the same thread does with
 * locks: the parent steps through it and delivers the signal before each. Nothing crashes, nothing
 * hangs, every call has its result and every lock is free in the end. What the handler locks, a
 * second thread locks, too, so that the handler also waits. With the argument on_own_stack the
 * handler runs on an alternate stack. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRESH = 1 << 16, DEEPEST = 64, HANG_SECONDS = 20 };
enum where { OUTSIDE, INSIDE };

/* What both processes see. */
static struct shared {
    volatile int where, scene, habit;
    volatile long entered, returned, bad_results;
} * shared;

#define STOP_FOR_TRACER() __asm__ volatile("int3" ::: "memory")

static pthread_mutex_t fresh[FRESH], steady[4], handlers_own[2], common;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t handlers_table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t lock_like, posted;
static unsigned next_fresh;
static volatile int stop_other;

static void expect(int result, int expected)
{
    if (result != expected)
        shared->bad_results++;
}

static pthread_mutex_t *fresh_mutex(void)
{
    return &fresh[next_fresh++ % FRESH];
}

static void both(pthread_mutex_t *first, pthread_mutex_t *second)
{
    expect(pthread_mutex_lock(first), 0);
    expect(pthread_mutex_lock(second), 0);
    expect(pthread_mutex_unlock(second), 0);
    expect(pthread_mutex_unlock(first), 0);
}

/* The handler's habits: only what is known; from ever new depths; locks never seen before; what
 * another thread holds now and then. */
static void known(void)
{
    both(&handlers_own[0], &handlers_own[1]);
    expect(sem_post(&posted), 0);
    expect(pthread_rwlock_rdlock(&handlers_table), 0);
    expect(pthread_rwlock_unlock(&handlers_table), 0);
}

static void from_new_depth(void)
{
    volatile char *room = __builtin_alloca(16 + 16 * ((unsigned)shared->entered % DEEPEST));
    room[0] = 1;
    known();
}

static void never_seen(void)
{
    pthread_mutex_t *first = fresh_mutex();
    both(first, fresh_mutex());
}

static void contended(void)
{
    both(&common, &handlers_own[0]);
}

static void (*const habits[])(void) = {known, from_new_depth, never_seen, contended};
enum { HABITS = sizeof(habits) / sizeof(habits[0]) };

static void handle(int number)
{
    int before = errno;
    errno = number;
    shared->entered++;
    habits[shared->habit]();
    expect(errno, number);
    errno = before;
    STOP_FOR_TRACER();
}

static void scene_known(void)
{
    expect(pthread_mutex_lock(&steady[0]), 0);
    expect(pthread_mutex_trylock(&steady[1]), 0);
    expect(pthread_rwlock_wrlock(&table), 0);
    expect(pthread_rwlock_unlock(&table), 0);
    expect(pthread_mutex_unlock(&steady[1]), 0);
    expect(pthread_mutex_unlock(&steady[0]), 0);
}

static void scene_semaphore(void)
{
    expect(sem_wait(&lock_like), 0);
    both(&steady[0], &steady[1]);
    expect(sem_post(&lock_like), 0);
}

/* Not in the order of a stack, and more than once. */
static void scene_crossed(void)
{
    expect(pthread_mutex_lock(&steady[0]), 0);
    expect(pthread_mutex_lock(&recursive), 0);
    expect(pthread_mutex_lock(&recursive), 0);
    expect(pthread_mutex_lock(&steady[2]), 0);
    expect(pthread_mutex_unlock(&steady[0]), 0);
    expect(pthread_mutex_unlock(&recursive), 0);
    expect(pthread_mutex_unlock(&recursive), 0);
    expect(pthread_mutex_unlock(&steady[2]), 0);
}

static void scene_condition(void)
{
    const struct timespec past = {0, 0};
    expect(pthread_mutex_lock(&steady[0]), 0);
    expect(pthread_mutex_lock(&steady[1]), 0);
    expect(pthread_cond_timedwait(&never, &steady[1], &past), ETIMEDOUT);
    expect(pthread_cond_broadcast(&never), 0);
    expect(pthread_mutex_unlock(&steady[1]), 0);
    expect(pthread_mutex_unlock(&steady[0]), 0);
}

static void scene_new_locks(void)
{
    pthread_mutex_t *first = fresh_mutex();
    both(first, fresh_mutex());
}

static void scene_short_lived(void)
{
    static pthread_mutex_t mutex;
    expect(pthread_mutex_init(&mutex, NULL), 0);
    both(&steady[0], &mutex);
    expect(pthread_mutex_destroy(&mutex), 0);
}

/* Nobody has been here before: a chain and call sites of its own. */
static void scene_new_sites(void)
{
    volatile char *room = __builtin_alloca(16 + 16 * (next_fresh++ % DEEPEST));
    room[0] = 1;
    both(&steady[2], &steady[3]);
}

static void (*const scenes[])(void) = {scene_known,     scene_semaphore,   scene_crossed,
                                       scene_condition, scene_short_lived, scene_new_locks,
                                       scene_new_sites};
enum { SCENES = sizeof(scenes) / sizeof(scenes[0]) };

static void *lock_the_same(void *unused)
{
    static pthread_mutex_t mutex;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    while (!stop_other) {
        pthread_mutex_init(&mutex, NULL);
        both(&common, &mutex);
        pthread_mutex_destroy(&mutex);
        usleep(50);
    }
    return unused;
}

static int all_are_free(void *unused)
{
    int bad = 0;
    (void)unused;
    for (int i = 0; i < 4; i++)
        bad += pthread_mutex_trylock(&steady[i]) != 0 || pthread_mutex_unlock(&steady[i]) != 0;
    for (int i = 0; i < 2; i++)
        bad += pthread_mutex_trylock(&handlers_own[i]) != 0 ||
               pthread_mutex_unlock(&handlers_own[i]) != 0;
    bad += pthread_mutex_trylock(&recursive) != 0 || pthread_mutex_unlock(&recursive) != 0;
    bad += pthread_rwlock_trywrlock(&table) != 0 || pthread_rwlock_unlock(&table) != 0;
    bad += pthread_rwlock_trywrlock(&handlers_table) != 0 ||
           pthread_rwlock_unlock(&handlers_table) != 0;
    bad += sem_trywait(&lock_like) != 0 || sem_post(&lock_like) != 0;
    return bad;
}

static void prepare(bool on_own_stack)
{
    static char stack[1 << 16];
    struct sigaction action = {.sa_handler = handle, .sa_flags = on_own_stack ? SA_ONSTACK : 0};
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
    expect(sigaltstack(&alternate, NULL), 0);
    expect(sigaction(SIGUSR1, &action, NULL), 0);
    expect(sem_init(&lock_like, 0, 1), 0);
    expect(sem_init(&posted, 0, 0), 0);
}

/* The traced process: each scene first by itself, as nothing else teaches the shim what is known.
 */
static void perform(bool on_own_stack)
{
    pthread_t other;
    prepare(on_own_stack);
    pthread_create(&other, NULL, lock_the_same, NULL);
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    for (int scene = 0; scene < SCENES; scene++) {
        for (int habit = 0; habit < HABITS; habit++) {
            shared->scene = scene;
            shared->habit = habit;
            for (volatile int round = 0; round < 3; round++) {
                shared->where = round == 2 ? INSIDE : OUTSIDE;
                STOP_FOR_TRACER();
                scenes[scene]();
            }
            shared->where = OUTSIDE;
            STOP_FOR_TRACER();
        }
    }
    stop_other = 1;
    pthread_join(other, NULL);
    expect(fact_elsewhere(all_are_free, NULL), 0);
    _exit(0);
}

static int wait_for(pid_t child)
{
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

static int go_on(pid_t child, int how, int signal)
{
    ptrace(how, child, NULL, (void *)(long)signal);
    return wait_for(child);
}

static bool stopped_by(int status, int signal)
{
    return WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

static uintptr_t instruction_of(pid_t child)
{
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, child, NULL, &registers);
    return registers.rip;
}

/* The child is about to run its handler: to the end, and back to where it came from. */
static int let_it_handle(pid_t child, uintptr_t back)
{
    int status = go_on(child, PTRACE_CONT, 0);
    while (stopped_by(status, SIGTRAP) && instruction_of(child) != back)
        status = go_on(child, PTRACE_SINGLESTEP, 0);
    shared->returned++;
    return status;
}

/* One scene, from its first instruction on. A signal that is blocked when it is sent comes later;
 * what lies in between cannot be interrupted, and needs no steps. */
static int step_through(pid_t child)
{
    int status = 0, how = PTRACE_SINGLESTEP, signal = SIGUSR1;
    while (shared->where == INSIDE) {
        uintptr_t here = instruction_of(child);
        status = go_on(child, how, signal);
        if (stopped_by(status, SIGUSR1)) {
            how = PTRACE_SINGLESTEP;
            signal = SIGUSR1;
        } else if (!stopped_by(status, SIGTRAP)) {
            break;
        } else if (instruction_of(child) == (uintptr_t)handle) {
            status = let_it_handle(child, here);
            signal = 0;
        } else {
            how = signal ? PTRACE_CONT : PTRACE_SINGLESTEP;
            signal = signal ? 0 : SIGUSR1;
        }
    }
    return status;
}

static pid_t traced;

static void give_up(int number)
{
    (void)number;
    fact_say("hangs in scene %d, habit %d", shared->scene, shared->habit);
    kill(traced, SIGKILL);
}

static int trace(void)
{
    int status = wait_for(traced);
    signal(SIGALRM, give_up);
    while (stopped_by(status, SIGTRAP)) {
        alarm(HANG_SECONDS);
        if (shared->where == INSIDE)
            status = step_through(traced);
        if (stopped_by(status, SIGTRAP))
            status = go_on(traced, PTRACE_CONT, 0);
    }
    alarm(0);
    return status;
}

int main(int count, char **arguments)
{
    bool on_own_stack = count > 1 && strcmp(arguments[1], "on_own_stack") == 0;
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    traced = fork();
    if (traced == 0)
        perform(on_own_stack);
    int status = trace();
    if (WIFSTOPPED(status)) {
        fact_say("signal %d in scene %d, habit %d", WSTOPSIG(status), shared->scene, shared->habit);
        kill(traced, SIGKILL);
        wait_for(traced);
    }
    FACT_VALUE(1, WIFEXITED(status) && WEXITSTATUS(status) == 0);
    FACT_VALUE(0, shared->bad_results);
    FACT_VALUE(1, shared->entered > SCENES * HABITS && shared->entered == shared->returned);
    return fact_status();
}
