/* Handlers on an alternate stack lock nested, in the main and in other threads, also when they
 * interrupt code that is itself between lock and unlock. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEPTH = 8, STACK_SIZE = 32768 };

static pthread_mutex_t nested[DEPTH];
static pthread_mutex_t outside = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static __thread char *own_stack;
static volatile sig_atomic_t handled, off_stack;

static void nest(int depth)
{
    if (depth == DEPTH)
        return;
    FACT_RESULT(0, pthread_mutex_lock(&nested[depth]));
    nest(depth + 1);
    FACT_RESULT(0, pthread_mutex_unlock(&nested[depth]));
}

static void handle(int number, siginfo_t *info, void *context)
{
    char here;
    (void)number, (void)info, (void)context;
    handled++;
    off_stack += &here < own_stack || &here >= own_stack + STACK_SIZE;
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&outside));
    nest(0);
}

static int signal_self(void *unused)
{
    (void)unused;
    own_stack = malloc(STACK_SIZE);
    stack_t alternate = {.ss_sp = own_stack, .ss_size = STACK_SIZE};
    FACT_CALL(0, sigaltstack(&alternate, NULL));
    for (int i = 0; i < 2; i++) {
        FACT_RESULT(0, pthread_mutex_lock(&outside));
        FACT_CALL(0, raise(SIGUSR1));
        FACT_RESULT(0, pthread_mutex_unlock(&outside));
    }
    FACT_CALL(0, sigaltstack(NULL, &alternate));
    FACT_VALUE(1, alternate.ss_sp == own_stack && alternate.ss_flags == 0);
    stack_t none = {.ss_flags = SS_DISABLE};
    FACT_CALL(0, sigaltstack(&none, NULL));
    free(own_stack);
    return 0;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    for (int i = 0; i < DEPTH; i++)
        pthread_mutex_init(&nested[i], NULL);
    FACT_CALL(0, sigaction(SIGUSR1, &action, NULL));
    signal_self(NULL);
    fact_elsewhere(signal_self, NULL);
    FACT_VALUE(4, handled);
    FACT_VALUE(0, off_stack);
    return fact_status();
}
