/* A child of fork joins its first thread before it creates its second: they never meet. The thread
 * that forked, the only one the child has at first, is the one that orders them.
 * processes: 2
 * verdict: clean dismissed=ordered */
#include <sys/wait.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    return NULL;
}

static void run_one_after_the_other(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
}

int main(void)
{
    int status;
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        run_one_after_the_other();
        return 0;
    }
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    puts("done");
    return 0;
}
