/* pthread_create that cannot succeed fails with the same error and leaves nothing behind: refused
 * attributes, a stack too large, a limit on memory; afterwards threads can be made again. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

static int started;

static void *start(void *unused)
{
    started++;
    return unused;
}

static int create(const pthread_attr_t *attributes)
{
    pthread_t thread;
    int result = pthread_create(&thread, attributes, start, NULL);
    if (result == 0)
        pthread_join(thread, NULL);
    return result;
}

static void too_large(void)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    FACT_RESULT(0, pthread_attr_setstacksize(&attributes, (size_t)1 << 46));
    FACT_VALUE(EAGAIN, create(&attributes));
    FACT_VALUE(EAGAIN, create(&attributes));
}

static void absent_processor(void)
{
    pthread_attr_t attributes;
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(CPU_SETSIZE - 1, &processors);
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof processors, &processors);
    FACT_VALUE(EINVAL, create(&attributes));
}

static void out_of_memory(void)
{
    struct rlimit limit, tight;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, (size_t)1 << 30);
    getrlimit(RLIMIT_AS, &limit);
    tight = limit;
    tight.rlim_cur = (rlim_t)1 << 29;
    FACT_CALL(0, setrlimit(RLIMIT_AS, &tight));
    FACT_VALUE(EAGAIN, create(&attributes));
    FACT_CALL(0, setrlimit(RLIMIT_AS, &limit));
}

int main(void)
{
    FACT_VALUE(0, create(NULL));
    too_large();
    absent_processor();
    out_of_memory();
    FACT_VALUE(0, create(NULL));
    FACT_VALUE(2, started);
    return fact_status();
}
