/* A semaphore that was used as a lock before, and a mutex.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=units in=mutex_then_semaphore
 * wait: holds=units wants=lock_a in=semaphore_then_mutex */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static sem_t units;

static void use_alone(void)
{
    for (int i = 0; i < 20; i++) {
        wait_semaphore(&units);
        post_semaphore(&units);
    }
    always_meet(2);
}

static void semaphore_then_mutex(void)
{
    use_alone();
    wait_semaphore(&units);
    meet(2);
    lock(&lock_a);
    unlock(&lock_a);
    post_semaphore(&units);
}

static void mutex_then_semaphore(void)
{
    if (is_fixed) {
        semaphore_then_mutex();
        return;
    }
    use_alone();
    lock(&lock_a);
    meet(2);
    wait_semaphore(&units);
    post_semaphore(&units);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&units, 1);
    RUN_TOGETHER(semaphore_then_mutex, mutex_then_semaphore);
    return end();
}
