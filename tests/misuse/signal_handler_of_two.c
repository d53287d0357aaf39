/* Two handlers each keep all signals out, so that the masks do not tell which of them runs: what is
 * open is a hazard only if both signals are.
 * hazard: signal-handler-lock object=lock signal=SIGUSR1 in=handle outside=work
 * silent: fixed other_open */
#include "tests/misuse/signals.h"

static pthread_spinlock_t lock;
static int handled;

static __attribute__((noinline)) void work(void)
{
    must(pthread_spin_lock(&lock), "pthread_spin_lock");
    must(pthread_spin_unlock(&lock), "pthread_spin_unlock");
}

static void handle(int number)
{
    (void)number;
    must(pthread_spin_lock(&lock), "pthread_spin_lock");
    handled++;
    must(pthread_spin_unlock(&lock), "pthread_spin_unlock");
}

static void handle_other(int number)
{
    (void)number;
    handled--;
}

static void set_up(void)
{
    must(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    handle_alone_by(SIGUSR1, handle);
    handle_alone_by(SIGUSR2, handle_other);
    must(raise(SIGUSR1), "raise");
    must(raise(SIGUSR2), "raise");
}

static void bad(void)
{
    set_up();
    work();
}

static void fixed(void)
{
    set_up();
    mask(SIG_BLOCK, SIGUSR1);
    mask(SIG_BLOCK, SIGUSR2);
    work();
}

static void other_open(void)
{
    set_up();
    mask(SIG_BLOCK, SIGUSR1);
    work();
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"other_open", other_open})
