/* Waiting for a thread that waits for us.
 *
 * Wrong: close_books() takes the lock and joins the clerk, who needs the same lock to end. By
 * default the clerk happens to be done with it before; `join_while_holding hang` lets the clerk
 * come too late.
 * Right: join first, then take the lock.
 *
 * Expect: a finding: the books are held while the clerk's end is waited for, and the clerk, who
 * has not ended, wants the books.
 * verdict: finding locks=books,end?of?T2
 * step: holds=books in=close_books
 * step: requests=books */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;
static int balance; /* protected by books */
static bool lucky;

static void *clerk(void *unused)
{
    (void)unused;
    if (!lucky)
        demo_wait_turn(1);
    pthread_mutex_lock(&books);
    balance += 10;
    pthread_mutex_unlock(&books);
    demo_end_turn();
    return NULL;
}

static void close_books(pthread_t thread)
{
    if (lucky)
        demo_hope_for_turn(1);
    pthread_mutex_lock(&books);
    demo_end_turn();
    printf("the books are closed as soon as the clerk has gone\n");
    pthread_join(thread, NULL);
    printf("the balance is %d\n", balance);
    pthread_mutex_unlock(&books);
}

int main(int argc, char **argv)
{
    pthread_t thread;

    lucky = !demo_told_to_hang(argc, argv);
    demo_must(pthread_create(&thread, NULL, clerk, NULL), "start the clerk");
    close_books(thread);
    return 0;
}
