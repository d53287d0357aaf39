/* After two nestings in both orders, by threads of which one was joined before the other began, the
 * holder of one semaphore waits for it once more, and is let on by another thread: it was a signal
 * all along.
 * verdict: clean */
#include "tests/programs/semaphores.h"

static sem_t signal_a, lock_b;

static void a_then_b(void)
{
    nest_semaphores(&signal_a, &lock_b);
}

static void b_then_a(void)
{
    nest_semaphores(&lock_b, &signal_a);
}

static void *wait_twice(void *unused)
{
    wait_semaphore(&signal_a);
    end_turn();
    wait_semaphore(&signal_a);
    return unused;
}

int main(void)
{
    pthread_t waiter;

    init_semaphore(&signal_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_IN_TURN(a_then_b);
    RUN_IN_TURN(b_then_a);
    must(pthread_create(&waiter, NULL, wait_twice, NULL), "pthread_create");
    wait_for_turn(3);
    post_semaphore(&signal_a);
    must(pthread_join(waiter, NULL), "pthread_join");
    puts("done");
    return 0;
}
