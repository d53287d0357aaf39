/* A stream that is locked while a mutex is taken, and printed to with the mutex held.
 * verdict: finding locks=log_lock,stream* */
#include "tests/prove/prove.h"

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *stream;
static long sum; /* protected by both */

static void log_line(void)
{
    lock(&log_lock);
    flockfile(stream);
    sum += 1;
    funlockfile(stream);
    unlock(&log_lock);
}

static void rotate(void)
{
    flockfile(stream);
    lock(&log_lock);
    sum += 2;
    unlock(&log_lock);
    funlockfile(stream);
}

int main(void)
{
    stream = fopen("/dev/null", "w");
    must_be(stream != NULL, "fopen works");
    RUN_APART(APART_MS, log_line, rotate);
    fclose(stream);
    return finish(sum, 3);
}
