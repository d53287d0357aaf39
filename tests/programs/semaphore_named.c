/* Two named semaphores are taken in both orders. One is opened twice and closed once in between:
 * it is the same semaphore all the time.
 * verdict: finding locks=semaphore*open_new*,semaphore*open_new* why=semaphore
 * step: in=a_then_b
 * step: in=b_then_a */
#include <fcntl.h>
#include "tests/programs/semaphores.h"

static sem_t *lock_a, *lock_b, *again;

static NOINLINE sem_t *open_new(const char *name)
{
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 1);

    must(semaphore == SEM_FAILED ? errno : 0, "sem_open");
    return semaphore;
}

static void a_then_b(void)
{
    nest_semaphores(lock_a, lock_b);
}

static void b_then_a(void)
{
    nest_semaphores(lock_b, lock_a);
}

static void close_again(void)
{
    must_be(sem_close(again) == 0, "sem_close");
}

int main(void)
{
    char name_a[64], name_b[64];

    snprintf(name_a, sizeof name_a, "/unknot-test-a-%d", (int)getpid());
    snprintf(name_b, sizeof name_b, "/unknot-test-b-%d", (int)getpid());
    lock_a = open_new(name_a);
    lock_b = open_new(name_b);
    again = sem_open(name_a, 0);
    must_be(sem_unlink(name_a) == 0 && sem_unlink(name_b) == 0, "the names can be removed");
    must_be(again == lock_a, "the same semaphore has the same address");
    RUN_IN_TURN(a_then_b, close_again, b_then_a);
    must_be(sem_close(lock_a) == 0 && sem_close(lock_b) == 0, "sem_close");
    puts("done");
    return 0;
}
