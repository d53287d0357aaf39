/* Two named semaphores that were used as locks before.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=semaphore* wants=semaphore* in=b_then_a
 * wait: holds=semaphore* wants=semaphore* in=a_then_b */
#include <fcntl.h>
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t *lock_a, *lock_b;

static NOINLINE sem_t *open_new(const char *name)
{
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 1);

    must(semaphore == SEM_FAILED ? errno : 0, "sem_open");
    must(sem_unlink(name) == 0 ? 0 : errno, "sem_unlink");
    return semaphore;
}

static void open_both(void)
{
    char name[64];

    snprintf(name, sizeof name, "/unknot-test-%d", (int)getpid());
    lock_a = open_new(name);
    lock_b = open_new(name);
}

/* As locks are used: each thread gives back what it took. */
static void use_alone(void)
{
    for (int i = 0; i < 20; i++) {
        wait_semaphore(lock_a);
        post_semaphore(lock_a);
        wait_semaphore(lock_b);
        post_semaphore(lock_b);
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
    take_both(lock_a, lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        take_both(lock_b, lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    open_both();
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
