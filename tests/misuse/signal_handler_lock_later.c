/* A handler takes a mutex of the heap, initialised before there were handlers; later another thread
 * takes it again and again with the signal open.
 * hazard: signal-handler-lock signal=SIGUSR2 in=handle outside=work
 * silent: fixed another */
#include "tests/misuse/signals.h"

enum { TIMES = 100 };

static pthread_mutex_t *locks;

static void handle(int number, siginfo_t *information, void *context)
{
    (void)information, (void)context;
    must_be(number == SIGUSR2, "it is for this signal");
    must(pthread_mutex_lock(&locks[0]), "pthread_mutex_lock");
    must(pthread_mutex_unlock(&locks[0]), "pthread_mutex_unlock");
}

static __attribute__((noinline)) void *work(void *lock)
{
    for (int i = 0; i < TIMES; i++) {
        must(pthread_mutex_lock(lock), "pthread_mutex_lock");
        must(pthread_mutex_unlock(lock), "pthread_mutex_unlock");
    }
    return NULL;
}

static void handle_then_work_with(pthread_mutex_t *lock)
{
    join(start(work, lock));
    free(locks);
}

static void handle_once(void)
{
    struct sigaction action;

    locks = calloc(2, sizeof *locks);
    must_be(locks != NULL, "there is memory");
    for (int i = 0; i < 2; i++)
        must(pthread_mutex_init(&locks[i], NULL), "pthread_mutex_init");
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    must(sigaction(SIGUSR2, &action, NULL), "sigaction");
    must(raise(SIGUSR2), "raise");
}

static void bad(void)
{
    handle_once();
    handle_then_work_with(&locks[0]);
}

static void fixed(void)
{
    handle_once();
    mask(SIG_BLOCK, SIGUSR2);
    handle_then_work_with(&locks[0]);
}

static void another(void)
{
    handle_once();
    handle_then_work_with(&locks[1]);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"another", another})
