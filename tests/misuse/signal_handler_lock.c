/* A mutex is taken with a signal open, before the only time that the signal's handler takes it.
 * hazard: signal-handler-lock object=lock signal=SIGUSR1 in=handle outside=work
 * silent: fixed tried timed recursive checked waited_for only_there before own_fault ignored gone
 */
#include <setjmp.h>

#include "tests/misuse/signals.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static __attribute__((noinline)) void work(void)
{
    must(pthread_mutex_lock(&lock), "pthread_mutex_lock");
    must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
}

static void handle(int number)
{
    (void)number;
    must(pthread_mutex_lock(&lock), "pthread_mutex_lock");
    must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
}

static void handle_trying(int number)
{
    (void)number;
    if (pthread_mutex_trylock(&lock) == 0)
        must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
}

static void handle_for_a_time(int number)
{
    struct timespec deadline;

    (void)number;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec++;
    if (pthread_mutex_timedlock(&lock, &deadline) == 0)
        must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
}

static void work_then_handle_by(void (*handler)(int))
{
    handle_by(SIGUSR1, handler, 0);
    work();
    must(raise(SIGUSR1), "raise");
}

static void bad(void)
{
    work_then_handle_by(handle);
}

static void fixed(void)
{
    handle_by(SIGUSR1, handle, 0);
    for (int i = 0; i < 3; i++) {
        mask(SIG_BLOCK, SIGUSR1);
        work();
        mask(SIG_UNBLOCK, SIGUSR1);
        must(raise(SIGUSR1), "raise");
    }
}

static void tried(void)
{
    work_then_handle_by(handle_trying);
}

static void timed(void)
{
    work_then_handle_by(handle_for_a_time);
}

static void recursive(void)
{
    init_mutex_of_type(&lock, PTHREAD_MUTEX_RECURSIVE);
    work_then_handle_by(handle);
}

static void checked(void)
{
    init_mutex_of_type(&lock, PTHREAD_MUTEX_ERRORCHECK);
    work_then_handle_by(handle);
}

static void *wait_for_it(void *unused)
{
    sigset_t set;
    int number;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    must(sigwait(&set, &number), "sigwait");
    work();
    return unused;
}

static void waited_for(void)
{
    mask(SIG_BLOCK, SIGUSR1);
    pthread_t thread = start(wait_for_it, NULL);
    work();
    must(pthread_kill(thread, SIGUSR1), "pthread_kill");
    join(thread);
}

static void only_there(void)
{
    handle_by(SIGUSR1, handle, 0);
    must(raise(SIGUSR1), "raise");
    must(raise(SIGUSR1), "raise");
}

static void before(void)
{
    handle_by(SIGUSR2, handle_trying, 0);
    work();
    handle_by(SIGUSR1, handle, 0);
    must(raise(SIGUSR1), "raise");
}

static sigjmp_buf back;

static void handle_fault(int number)
{
    handle(number);
    siglongjmp(back, 1);
}

static void own_fault(void)
{
    handle_by(SIGSEGV, handle_fault, 0);
    handle_by(SIGUSR1, handle_trying, 0);
    work();
    if (sigsetjmp(back, 1) == 0)
        *(volatile int *)NULL = 1;
}

static void ignored(void)
{
    handle_by(SIGUSR1, handle, 0);
    signal(SIGUSR1, SIG_IGN);
    work();
    handle_by(SIGUSR1, handle, 0);
    must(raise(SIGUSR1), "raise");
}

static void gone(void)
{
    handle_by(SIGUSR1, handle, (int)SA_RESETHAND);
    must(raise(SIGUSR1), "raise");
    work();
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"tried", tried}, {"timed", timed},
         {"recursive", recursive}, {"checked", checked}, {"waited_for", waited_for},
         {"only_there", only_there}, {"before", before}, {"own_fault", own_fault},
         {"ignored", ignored}, {"gone", gone})
