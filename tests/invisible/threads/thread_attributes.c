/* Threads made with attributes get what these say: stack size, guard, given stack to the byte,
 * detach state, affinity, explicit scheduling, signal mask. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <semaphore.h>

static sem_t looked;
static void *given_stack;

static void *look(void *unused)
{
    pthread_attr_t own;
    void *base;
    size_t size, guard;
    int detached, policy, inherit;
    cpu_set_t processors;
    sigset_t mask;
    pthread_getattr_np(pthread_self(), &own);
    pthread_attr_getstack(&own, &base, &size);
    pthread_attr_getguardsize(&own, &guard);
    pthread_attr_getdetachstate(&own, &detached);
    pthread_attr_getschedpolicy(&own, &policy);
    pthread_attr_getinheritsched(&own, &inherit);
    pthread_getaffinity_np(pthread_self(), sizeof processors, &processors);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    fact_say("stack %zu, at the given place %d, guard %zu, detached %d", size, base == given_stack,
             guard, detached);
    fact_say("policy %d, inherited %d, processors %d, blocks SIGUSR2 %d", policy, inherit,
             CPU_COUNT(&processors), sigismember(&mask, SIGUSR2));
    pthread_attr_destroy(&own);
    sem_post(&looked);
    return unused;
}

static void look_with(pthread_attr_t *attributes, int joinable)
{
    pthread_t thread;
    int created = pthread_create(&thread, attributes, look, NULL);
    while (sem_wait(&looked) != 0)
        continue;
    FACT_VALUE(0, created);
    if (joinable)
        FACT_RESULT(0, pthread_join(thread, NULL));
}

int main(void)
{
    pthread_attr_t attributes;
    cpu_set_t first_allowed, allowed;
    sigset_t mask;
    struct sched_param parameters = {.sched_priority = 0};
    int processor = 0;
    sem_init(&looked, 0, 0);
    pthread_attr_init(&attributes);
    look_with(NULL, 1);
    look_with(&attributes, 1);
    FACT_RESULT(0, pthread_attr_setstacksize(&attributes, 262144));
    FACT_RESULT(0, pthread_attr_setguardsize(&attributes, 65536));
    look_with(&attributes, 1);
    sched_getaffinity(0, sizeof allowed, &allowed);
    while (!CPU_ISSET(processor, &allowed))
        processor++;
    CPU_ZERO(&first_allowed);
    CPU_SET(processor, &first_allowed);
    pthread_attr_setaffinity_np(&attributes, sizeof first_allowed, &first_allowed);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_BATCH);
    pthread_attr_setschedparam(&attributes, &parameters);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    pthread_attr_setsigmask_np(&attributes, &mask);
    look_with(&attributes, 1);
    given_stack = aligned_alloc(4096, 131072);
    FACT_RESULT(0, pthread_attr_setstack(&attributes, given_stack, 131072));
    look_with(&attributes, 1);
    pthread_attr_init(&attributes);
    FACT_RESULT(0, pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
    look_with(&attributes, 0);
    return fact_status();
}
