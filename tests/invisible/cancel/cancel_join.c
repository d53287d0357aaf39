/* A thread cancelled while it joins another leaves that one joinable; tryjoin is no cancellation
 * point, the timed joins are. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum form { JOIN, TIMED, CLOCKED, FORMS };

static pthread_barrier_t release;
static pthread_t sleeper;
static atomic_int tid;

static void *sleep_until_released(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&release);
    return (void *)77;
}

static void say(void *text)
{
    fact_say("%s", (const char *)text);
}

static void *join_sleeper(void *form)
{
    struct timespec far = fact_deadline(CLOCK_REALTIME, 60000);
    void *result;
    pthread_cleanup_push(say, (void *)"outer handler");
    pthread_cleanup_push(say, (void *)"inner handler");
    FACT_RESULT(EBUSY, pthread_tryjoin_np(sleeper, &result));
    atomic_store(&tid, gettid());
    if ((enum form)(long)form == JOIN)
        pthread_join(sleeper, &result);
    else if ((enum form)(long)form == TIMED)
        pthread_timedjoin_np(sleeper, &result, &far);
    else
        pthread_clockjoin_np(sleeper, &result, CLOCK_REALTIME, &far);
    fact_say("the join returned");
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancel_joiner(enum form form)
{
    pthread_t joiner;
    void *result = NULL;
    fact_say("-- form %d", form);
    atomic_store(&tid, 0);
    pthread_create(&sleeper, NULL, sleep_until_released, NULL);
    pthread_create(&joiner, NULL, join_sleeper, (void *)(long)form);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    int cancelled = pthread_cancel(joiner);
    FACT_RESULT(0, pthread_join(joiner, &result));
    FACT_VALUE(0, cancelled);
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    FACT_RESULT(EBUSY, pthread_tryjoin_np(sleeper, &result));
    pthread_barrier_wait(&release);
    FACT_RESULT(0, pthread_join(sleeper, &result));
    FACT_VALUE(77, (long)result);
}

int main(void)
{
    pthread_barrier_init(&release, NULL, 2);
    for (int form = JOIN; form < FORMS; form++)
        cancel_joiner(form);
    return fact_status();
}
