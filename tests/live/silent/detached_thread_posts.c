/* Threads that nobody will join sleep, post and end; a key destructor of the last one posts, too.
 * verdict: silent */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

enum { TIMES = 20 };

static sem_t units;
static pthread_key_t key;

static void post_at_end(void *unused)
{
    (void)unused;
    usleep(20 * 1000);
    post_semaphore(&units);
}

static void post(void)
{
    usleep(10 * 1000);
    must(pthread_setspecific(key, &units), "pthread_setspecific");
    post_semaphore(&units);
}

int main(int argc, char **argv)
{
    static const body_function body = post;

    begin(argc, argv);
    init_semaphore(&units, 0);
    must(pthread_key_create(&key, post_at_end), "pthread_key_create");
    for (int i = 0; i < TIMES; i++) {
        must(pthread_detach(start(&body)), "pthread_detach");
        wait_semaphore(&units);
        wait_semaphore(&units);
    }
    return end();
}
