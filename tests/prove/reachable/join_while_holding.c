/* Main joins with the lock held that the thread needs once more before it ends.
 * verdict: finding locks=books,end?of* */
#include "tests/prove/prove.h"

static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;
static long balance; /* protected by books */

static void *clerk(void *unused)
{
    (void)unused;
    lock(&books);
    balance += 3;
    unlock(&books);
    return NULL;
}

static NOINLINE void close_books(pthread_t thread)
{
    lock(&books);
    must(pthread_join(thread, NULL), "pthread_join");
    unlock(&books);
}

int main(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, clerk, NULL), "pthread_create");
    sleep_ms(APART_MS);
    close_books(thread);
    return finish(balance, 3);
}
