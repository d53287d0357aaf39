/* The initialiser of a once wants a mutex whose holder calls the same once.
 * verdict: finding locks=settings,initialised*
 * cases: pthread c11 */
#include <threads.h>
#include "tests/prove/prove.h"

static pthread_mutex_t settings = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t initialised = PTHREAD_ONCE_INIT;
static once_flag initialised_c11 = ONCE_FLAG_INIT;
static bool is_c11;
static long sum; /* protected by settings */

static void initialise(void)
{
    lock(&settings);
    sum += 1;
    unlock(&settings);
}

static void initialise_once(void)
{
    if (is_c11)
        call_once(&initialised_c11, initialise);
    else
        must(pthread_once(&initialised, initialise), "pthread_once");
}

static void use(void)
{
    initialise_once();
}

static void use_with_settings(void)
{
    lock(&settings);
    initialise_once();
    sum += 2;
    unlock(&settings);
}

int main(int argc, char **argv)
{
    is_c11 = is_case(argc, argv, "c11");
    RUN_APART(APART_MS, use, use_with_settings);
    return finish(sum, 3);
}
