/* What a new thread finds: its identity, name, signal mask, cancellation state, scheduling, stack,
 * thread-locals, floating-point state and processor-time clock, as its creator set them. */
#include "tests/invisible/fact.h"

#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static __thread int local = 17;
static pthread_t created;
static pthread_barrier_t known;

static void show_mask(void)
{
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    for (int number = 1; number < SIGRTMAX; number++)
        if (sigismember(&mask, number) == 1)
            fact_say("  blocked: %d", number);
}

static void show_stack(void)
{
    pthread_attr_t attributes;
    void *base;
    size_t size, guard;
    char here;
    FACT_VALUE(0, pthread_getattr_np(pthread_self(), &attributes));
    FACT_RESULT(0, pthread_attr_getstack(&attributes, &base, &size));
    FACT_RESULT(0, pthread_attr_getguardsize(&attributes, &guard));
    FACT_VALUE(1, &here > (char *)base && &here < (char *)base + size);
    fact_say("  stack %zu, guard %zu", size, guard);
    pthread_attr_destroy(&attributes);
}

static void show_states(void)
{
    char name[16];
    int state = -1, policy = -1;
    struct sched_param parameters;
    FACT_RESULT(0, pthread_getname_np(pthread_self(), name, sizeof name));
    fact_say("  name %s", name);
    FACT_RESULT(0, pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state));
    FACT_VALUE(PTHREAD_CANCEL_ENABLE, state);
    FACT_RESULT(0, pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &state));
    FACT_VALUE(PTHREAD_CANCEL_DEFERRED, state);
    FACT_RESULT(0, pthread_getschedparam(pthread_self(), &policy, &parameters));
    fact_say("  policy %d, priority %d", policy, parameters.sched_priority);
    FACT_VALUE(FE_UPWARD, fegetround());
}

static void *look_around(void *argument)
{
    clockid_t clock;
    struct timespec used;
    FACT_VALUE(99, *(int *)argument);
    FACT_VALUE(17, local++);
    FACT_VALUE(0, errno);
    FACT_VALUE(1, gettid() != getpid());
    show_mask();
    show_stack();
    show_states();
    FACT_RESULT(0, pthread_getcpuclockid(pthread_self(), &clock));
    FACT_CALL(0, clock_gettime(clock, &used));
    pthread_barrier_wait(&known);
    FACT_VALUE(1, pthread_equal(created, pthread_self()) != 0);
    FACT_RESULT(0, pthread_setname_np(pthread_self(), "renamed"));
    FACT_RESULT(ERANGE, pthread_setname_np(pthread_self(), "a name that is too long"));
    return argument;
}

int main(void)
{
    sigset_t mask;
    char name[16];
    int number = 99;
    void *result;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, NULL);
    fesetround(FE_UPWARD);
    pthread_barrier_init(&known, NULL, 2);
    FACT_VALUE(1, gettid() == getpid());
    show_mask();
    FACT_RESULT(0, pthread_setname_np(pthread_self(), "creator"));
    FACT_RESULT(ERANGE, pthread_getname_np(pthread_self(), name, 3));
    local = 5;
    int create_result = pthread_create(&created, NULL, look_around, &number);
    pthread_barrier_wait(&known);
    FACT_RESULT(0, pthread_join(created, &result));
    FACT_VALUE(0, create_result);
    FACT_VALUE(1, result == &number);
    FACT_VALUE(5, local);
    show_mask();
    FACT_RESULT(0, pthread_getname_np(pthread_self(), name, sizeof name));
    FACT_VALUE(0, strcmp(name, "creator"));
    return fact_status();
}
