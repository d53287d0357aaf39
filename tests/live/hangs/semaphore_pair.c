/* Two semaphores that were used as locks before.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t lock_a, lock_b;

/* As locks are used: each thread gives back what it took. */
static void use_alone(void)
{
    for (int i = 0; i < 20; i++) {
        wait_semaphore(&lock_a);
        post_semaphore(&lock_a);
        wait_semaphore(&lock_b);
        post_semaphore(&lock_b);
    }
}

static void take_both(sem_t *outer, sem_t *inner)
{
    use_alone();
    always_meet(2);
    wait_semaphore(outer);
    meet(2);
    wait_semaphore(inner);
    post_semaphore(inner);
    post_semaphore(outer);
}

static void a_then_b(void)
{
    take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        take_both(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&lock_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
