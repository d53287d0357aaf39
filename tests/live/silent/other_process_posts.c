/* All threads wait, until another process posts a semaphore in shared memory.
 * verdict: silent */
#include <sys/mman.h>
#include <sys/wait.h>
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

int main(void)
{
    int status;
    pid_t child;
    sem_t *units = (sem_t *)mmap(NULL, sizeof *units, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    must_be(units != MAP_FAILED && sem_init(units, 1, 0) == 0, "there is a shared semaphore");
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        usleep(300000);
        post_semaphore(units);
        _exit(0);
    }
    wait_semaphore(units);
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    return end();
}
