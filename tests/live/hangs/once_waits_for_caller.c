/* The initialiser of a pthread_once joins a thread that calls the same pthread_once.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main wants=end?of?* in=initialise
 * wait: in=call_once */
#include "tests/live/live.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void);

static NOINLINE void call_once(void)
{
    must(pthread_once(&once, initialise), "pthread_once");
}

static NOINLINE void initialise(void)
{
    static const body_function body = call_once;
    pthread_t thread;

    if (is_fixed)
        return;
    thread = start(&body);
    must(pthread_join(thread, NULL), "pthread_join");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    call_once();
    return end();
}
