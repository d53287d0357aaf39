/* A thread that holds one mutex and waits for another leaves the wait by a jump out of a signal
 * handler. Then the other's owner waits for it, which soon releases. Once with each way to jump.
 * verdict: silent */
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>
#include "tests/live/live.h"

void __longjmp_chk(struct __jmp_buf_tag target[1], int value);

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER;
static sigjmp_buf out;
static ucontext_t outside, inside;
static pid_t jumper, other;
static int left, is_out, other_goes_on;
static void (*jump)(void);

static void by_longjmp(void)
{
    longjmp(out, 1);
}

static void by_plain_longjmp(void)
{
    _longjmp(out, 1);
}

static void by_siglongjmp(void)
{
    siglongjmp(out, 1);
}

static void by_checked_longjmp(void)
{
    __longjmp_chk(out, 1);
}

static void by_setcontext(void)
{
    setcontext(&outside);
}

static void by_swapcontext(void)
{
    swapcontext(&inside, &outside);
}

static void leave(int number)
{
    (void)number;
    __atomic_store_n(&left, 1, __ATOMIC_SEQ_CST);
    jump();
}

static void wait_until_left(void)
{
    getcontext(&outside);
    if (sigsetjmp(out, 0) == 0 && !__atomic_load_n(&left, __ATOMIC_SEQ_CST))
        lock(&lock_b);
}

static void await(const int *flag)
{
    while (!__atomic_load_n(flag, __ATOMIC_SEQ_CST))
        usleep(50);
}

static void *hold_and_jump(void *unused)
{
    lock(&lock_a);
    __atomic_store_n(&jumper, gettid(), __ATOMIC_SEQ_CST);
    wait_until_left();
    __atomic_store_n(&is_out, 1, __ATOMIC_SEQ_CST);
    await(&other_goes_on);
    wait_until_asleep(&other);
    unlock(&lock_a);
    return unused;
}

static void take_both(void (*way)(void))
{
    pthread_t thread;

    jump = way;
    jumper = left = is_out = other_goes_on = 0;
    lock(&lock_b);
    must(pthread_create(&thread, NULL, hold_and_jump, NULL), "pthread_create");
    wait_until_asleep(&jumper);
    must(pthread_kill(thread, SIGUSR1), "pthread_kill");
    await(&is_out);
    __atomic_store_n(&other_goes_on, 1, __ATOMIC_SEQ_CST);
    lock(&lock_a);
    unlock(&lock_a);
    unlock(&lock_b);
    must(pthread_join(thread, NULL), "pthread_join");
}

int main(void)
{
    const struct sigaction handler = {.sa_handler = leave, .sa_flags = SA_NODEFER};

    other = getpid();
    must(sigaction(SIGUSR1, &handler, NULL), "sigaction");
    take_both(by_longjmp);
    take_both(by_plain_longjmp);
    take_both(by_siglongjmp);
    take_both(by_checked_longjmp);
    take_both(by_setcontext);
    take_both(by_swapcontext);
    return end();
}
