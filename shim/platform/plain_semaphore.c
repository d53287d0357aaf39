#include "shim/platform/plain_semaphore.h"

#include <errno.h>

#include "shim/platform/real.h"

bool plain_semaphore_works;

static bool shows(sem_t *semaphore, uint64_t data)
{
    return *plain_semaphore_data(semaphore) == data;
}

/* What the real functions do ours undo, and the other way round. */
static bool agrees(void)
{
    sem_t one, most;
    return REAL(sem_init)(&one, 0, 1) == 0 && shows(&one, 1) && plain_semaphore_take(&one) &&
           shows(&one, 0) && !plain_semaphore_take(&one) && REAL(sem_trywait)(&one) != 0 &&
           plain_semaphore_give_back(&one) && shows(&one, 1) && REAL(sem_trywait)(&one) == 0 &&
           shows(&one, 0) && REAL(sem_post)(&one) == 0 && shows(&one, 1) &&
           REAL(sem_init)(&most, 1, INT_MAX) == 0 && shows(&most, INT_MAX) &&
           !plain_semaphore_give_back(&most);
}

void plain_semaphore_start(void)
{
    if (!real_is_of_the_c_library((void *)REAL(sem_init)) ||
        !real_is_of_the_c_library((void *)REAL(sem_wait)) ||
        !real_is_of_the_c_library((void *)REAL(sem_trywait)) ||
        !real_is_of_the_c_library((void *)REAL(sem_post)))
        return;
    int saved_errno = errno;
    plain_semaphore_works = true;
    plain_semaphore_works = agrees();
    errno = saved_errno;
}
