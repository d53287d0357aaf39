#include "shim/platform/plain_spin.h"

#include <errno.h>

#include "shim/platform/real.h"

int plain_spin_free = PLAIN_SPIN_NONE;

/* What the real functions do ours undo, and the other way round. */
static bool works(void)
{
    pthread_spinlock_t spin;
    return REAL(pthread_spin_init)(&spin, PTHREAD_PROCESS_PRIVATE) == 0 &&
           spin == PLAIN_SPIN_FREE && plain_spin_take(&spin) &&
           REAL(pthread_spin_trylock)(&spin) == EBUSY && !plain_spin_take(&spin) &&
           REAL(pthread_spin_unlock)(&spin) == 0 && spin == PLAIN_SPIN_FREE &&
           REAL(pthread_spin_lock)(&spin) == 0 && spin == 0 && plain_spin_give_back(&spin) &&
           REAL(pthread_spin_trylock)(&spin) == 0 && spin == 0;
}

void plain_spin_start(void)
{
    if (!real_is_of_the_c_library((void *)REAL(pthread_spin_init)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_spin_lock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_spin_trylock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_spin_unlock)))
        return;
    plain_spin_free = PLAIN_SPIN_FREE;
    if (!works())
        plain_spin_free = PLAIN_SPIN_NONE;
}
