/* The initialiser of a pthread_once calls the same pthread_once.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main in=initialise */
#include "tests/live/live.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static NOINLINE void initialise(void)
{
    if (!is_fixed)
        must(pthread_once(&once, initialise), "pthread_once");
    puts("initialised");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_once(&once, initialise), "pthread_once");
    return end();
}
