/* Two processes: one holds a process-shared rwlock for writing and wants a mutex, the other holds
 * the mutex and wants to read.
 * verdict: deadlock
 * threads: 2
 * wait: in=write_then_a
 * wait: in=a_then_read */
#include "tests/live/live.h"
#include "tests/programs/processes.h"

static void meet_the_other_process(void)
{
    if (is_fixed)
        return;
    end_shared_turn();
    wait_for_shared_turn(2);
}

static void init_rwlock(void)
{
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    must(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "set the attribute");
    must(pthread_rwlock_init(&shared->rwlock, &attributes), "pthread_rwlock_init");
}

static NOINLINE void write_then_a(void)
{
    must(pthread_rwlock_wrlock(&shared->rwlock), "pthread_rwlock_wrlock");
    meet_the_other_process();
    lock(&shared->a);
    unlock(&shared->a);
    must(pthread_rwlock_unlock(&shared->rwlock), "pthread_rwlock_unlock");
}

static NOINLINE void a_then_read(void)
{
    if (!is_fixed)
        lock(&shared->a);
    meet_the_other_process();
    must(pthread_rwlock_rdlock(&shared->rwlock), "pthread_rwlock_rdlock");
    must(pthread_rwlock_unlock(&shared->rwlock), "pthread_rwlock_unlock");
    if (!is_fixed)
        unlock(&shared->a);
}

int main(int argc, char **argv)
{
    pid_t child;

    begin(argc, argv);
    shared = map_shared(-1);
    init_a(shared);
    init_rwlock();
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        a_then_read();
        exit(0);
    }
    write_then_a();
    end_well(child);
    return end();
}
