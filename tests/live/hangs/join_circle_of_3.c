/* Three threads join each other in a circle, main among them. In the twin only main joins.
 * verdict: deadlock
 * threads: 3
 * wait: thread=main wants=end?of?* in=join_next
 * wait: wants=end?of?main* in=join_next */
#include "tests/live/live.h"

enum { THREADS = 3 };

static pthread_t threads[THREADS];

static void join_next(int number)
{
    threads[number] = pthread_self();
    always_meet(THREADS);
    if (!is_fixed)
        must(pthread_join(threads[(number + 1) % THREADS], NULL), "pthread_join");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    run_numbered(join_next, THREADS);
    return end();
}
