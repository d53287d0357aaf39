/* Two locks in opposite orders, the second thread long after the first; `gated`: never at once, as
 * both have the gate then; `one`: without a second thread; `often`: in one order, many times;
 * `handled`: signals with a handler that does not restart anything come all the time. Prints what
 * the calls said, and errno. */
#include <errno.h>
#include <signal.h>
#include "tests/prove/prove.h"

enum { OFTEN = 10000 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static bool is_gated, is_often;
static long sum; /* protected by both */
static int errors;

static NOINLINE void a_then_b(void)
{
    if (is_gated)
        lock(&gate);
    errno = 77;
    lock(&lock_a);
    lock(&lock_b);
    errors += errno != 77;
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    if (is_gated)
        unlock(&gate);
}

static NOINLINE void b_then_a(void)
{
    if (is_gated)
        lock(&gate);
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
    if (is_gated)
        unlock(&gate);
}

static void first(void)
{
    for (int i = 0; i < (is_often ? OFTEN : 1); i++)
        a_then_b();
}

static void second(void)
{
    if (!is_often)
        b_then_a();
}

/* Runs all the time, so that nobody is the only one who can. */
static void bystander(void)
{
    sleep_ms(300);
}

static void handler(int number)
{
    (void)number;
    errno = 1;
}

static void send_signals(void)
{
    struct sigaction action = {.sa_handler = handler};

    must_be(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction works");
    for (int i = 0; i < 20; i++) {
        kill(getpid(), SIGUSR1);
        usleep(2000);
    }
}

int main(int argc, char **argv)
{
    is_gated = is_case(argc, argv, "gated");
    is_often = is_case(argc, argv, "often");
    if (is_case(argc, argv, "one"))
        RUN_APART(0, first);
    else if (is_often)
        RUN_APART(0, first, bystander);
    else if (is_case(argc, argv, "handled"))
        RUN_APART(2, first, send_signals, bystander);
    else
        RUN_APART(2 * APART_MS, first, second);
    printf("errors %d\n", errors);
    return finish(sum, sum);
}
