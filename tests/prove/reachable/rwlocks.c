/* Two reader-writer locks in two orders; each thread has one of them to write or meets a writer.
 * verdict: finding locks=names,prices
 * cases: write_write read_write write_read */
#include "tests/prove/prove.h"

static pthread_rwlock_t names = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t prices = PTHREAD_RWLOCK_INITIALIZER;
static bool first_reads_names, second_reads_names;
static long sum; /* protected by prices */

static void take_names(bool to_read)
{
    must(to_read ? pthread_rwlock_rdlock(&names) : pthread_rwlock_wrlock(&names), "take names");
}

static void names_then_prices(void)
{
    take_names(first_reads_names);
    must(pthread_rwlock_wrlock(&prices), "pthread_rwlock_wrlock");
    sum += 1;
    must(pthread_rwlock_unlock(&prices), "pthread_rwlock_unlock");
    must(pthread_rwlock_unlock(&names), "pthread_rwlock_unlock");
}

static void prices_then_names(void)
{
    must(pthread_rwlock_wrlock(&prices), "pthread_rwlock_wrlock");
    take_names(second_reads_names);
    sum += 2;
    must(pthread_rwlock_unlock(&names), "pthread_rwlock_unlock");
    must(pthread_rwlock_unlock(&prices), "pthread_rwlock_unlock");
}

int main(int argc, char **argv)
{
    first_reads_names = is_case(argc, argv, "read_write");
    second_reads_names = is_case(argc, argv, "write_read");
    RUN_APART(APART_MS, names_then_prices, prices_then_names);
    return finish(sum, 3);
}
