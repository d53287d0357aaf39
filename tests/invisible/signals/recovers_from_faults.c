/* A program that catches its own SIGSEGV and jumps out of the handler, with locks held or not, by
 * itself and from an alternate stack, sees its own handler called and can go on locking. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { ROUNDS = 50 };

static sigjmp_buf recovery;
static char *forbidden;
static volatile sig_atomic_t faults, wrong_address;
static pthread_mutex_t mutex = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

static void recover(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    faults++;
    wrong_address += info->si_addr != forbidden;
    siglongjmp(recovery, 1);
}

static void fault_and_recover(void)
{
    volatile int held = 0;
    if (sigsetjmp(recovery, 1) == 0) {
        held = pthread_mutex_lock(&mutex) == 0;
        *(volatile char *)forbidden = 1;
        fact_say("not reached");
    }
    if (held && pthread_mutex_unlock(&mutex) != 0)
        fact_say("lost the lock");
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = recover, .sa_flags = SA_SIGINFO};
    struct sigaction current;
    stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536};
    forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    FACT_CALL(0, sigaction(SIGSEGV, NULL, &current));
    FACT_VALUE(1, current.sa_handler == SIG_DFL);
    FACT_CALL(0, sigaction(SIGBUS, NULL, &current));
    FACT_VALUE(1, current.sa_handler == SIG_DFL);
    FACT_CALL(0, sigaction(SIGSEGV, &action, NULL));
    for (int i = 0; i < ROUNDS; i++)
        fault_and_recover();
    action.sa_flags |= SA_ONSTACK;
    FACT_CALL(0, sigaltstack(&alternate, NULL));
    FACT_CALL(0, sigaction(SIGSEGV, &action, NULL));
    for (int i = 0; i < ROUNDS; i++)
        fault_and_recover();
    FACT_VALUE(2 * ROUNDS, faults);
    FACT_VALUE(0, wrong_address);
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    return fact_status();
}
