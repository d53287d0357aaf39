/* One thread holds a mutex and spins, the other holds the spinlock and sleeps.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=spin wants=lock_a in=spin_then_mutex
 * wait: holds=lock_a wants=spin in=mutex_then_spin */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_spinlock_t spin;

static void mutex_then_spin(void)
{
    lock(&lock_a);
    meet(2);
    must(pthread_spin_lock(&spin), "pthread_spin_lock");
    must(pthread_spin_unlock(&spin), "pthread_spin_unlock");
    unlock(&lock_a);
}

static void spin_then_mutex(void)
{
    if (is_fixed) {
        mutex_then_spin();
        return;
    }
    must(pthread_spin_lock(&spin), "pthread_spin_lock");
    meet(2);
    lock(&lock_a);
    unlock(&lock_a);
    must(pthread_spin_unlock(&spin), "pthread_spin_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    RUN_TOGETHER(mutex_then_spin, spin_then_mutex);
    return end();
}
