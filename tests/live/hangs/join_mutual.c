/* Main joins a thread that then joins main. In the twin only main joins.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main wants=end?of?* in=join_worker
 * wait: wants=end?of?main* in=join_main */
#include "tests/live/live.h"

static pthread_t first;
static pid_t first_tid;

static void join_main(void)
{
    if (is_fixed)
        return;
    wait_until_asleep(&first_tid);
    must(pthread_join(first, NULL), "pthread_join");
}

static NOINLINE void join_worker(void)
{
    static const body_function body = join_main;
    pthread_t thread = start(&body);

    __atomic_store_n(&first_tid, gettid(), __ATOMIC_SEQ_CST);
    must(pthread_join(thread, NULL), "pthread_join");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    first = pthread_self();
    join_worker();
    return end();
}
