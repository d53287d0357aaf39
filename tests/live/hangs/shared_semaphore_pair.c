/* Two processes hold one process-shared semaphore each, which both use as a lock, and want the
 * other's. The parent is the last to wait, as a process that sleeps for a semaphore is not ended.
 * verdict: deadlock
 * threads: 2
 * wait: in=a_then_b
 * wait: in=b_then_a */
#include <semaphore.h>
#include "tests/live/live.h"
#include "tests/programs/processes.h"

struct semaphores {
    sem_t a, b;
};

static struct semaphores *semaphores;

static void take(sem_t *semaphore)
{
    must_be(sem_wait(semaphore) == 0, "sem_wait");
}

static void give(sem_t *semaphore)
{
    must_be(sem_post(semaphore) == 0, "sem_post");
}

static void use(sem_t *semaphore)
{
    take(semaphore);
    give(semaphore);
}

/* What is used so is a lock: for each of the two processes, one after the other. */
static void use_both(int turn)
{
    wait_for_shared_turn(turn);
    for (int i = 0; i < 3; i++) {
        use(&semaphores->a);
        use(&semaphores->b);
    }
    end_shared_turn();
    wait_for_shared_turn(2);
}

static NOINLINE void a_then_b(void)
{
    take(&semaphores->a);
    if (!is_fixed) {
        end_shared_turn();
        wait_for_shared_turn(4);
        usleep(200000); /* or the child is the last one, and this program is not ended */
    }
    take(&semaphores->b);
    give(&semaphores->b);
    give(&semaphores->a);
}

static NOINLINE void b_then_a(void)
{
    if (is_fixed) {
        a_then_b();
        return;
    }
    take(&semaphores->b);
    end_shared_turn();
    wait_for_shared_turn(4);
    take(&semaphores->a);
    give(&semaphores->a);
    give(&semaphores->b);
}

int main(int argc, char **argv)
{
    pid_t child;

    begin(argc, argv);
    shared = map_shared(-1);
    semaphores =
        mmap(NULL, sizeof *semaphores, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must_be(semaphores != MAP_FAILED, "mmap");
    must_be(sem_init(&semaphores->a, 1, 1) == 0 && sem_init(&semaphores->b, 1, 1) == 0, "sem_init");
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        use_both(1);
        b_then_a();
        exit(0);
    }
    use_both(0);
    a_then_b();
    end_well(child);
    return end();
}
