/* Both orders, behind the lock of a file, which each thread has opened for itself.
 * verdict: finding locks=lock_a,lock_b */
#include <sys/file.h>
#include "tests/prove/prove.h"

#define ROUNDS 50

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static char path[] = "/tmp/unknot-prove-XXXXXX";
static long sum; /* protected by both locks */

static void nest_in_file_lock(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    int file = open(path, O_RDWR | O_CLOEXEC);

    must_be(file >= 0, "open works");
    for (int i = 0; i < ROUNDS; i++) {
        must_be(flock(file, LOCK_EX) == 0, "flock works");
        lock(outer);
        lock(inner);
        sum++;
        unlock(inner);
        unlock(outer);
        must_be(flock(file, LOCK_UN) == 0, "flock works");
    }
    close(file);
}

static void a_then_b(void)
{
    nest_in_file_lock(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest_in_file_lock(&lock_b, &lock_a);
}

int main(void)
{
    int file = mkstemp(path);

    must_be(file >= 0, "mkstemp works");
    close(file);
    RUN_APART(0, a_then_b, b_then_a);
    unlink(path);
    return finish(sum, 2 * ROUNDS);
}
