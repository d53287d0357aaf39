/* longjmp out of frames that hold locks leaves these held, and they are released later from quite
 * another place; the same with a jump out of a handler that interrupted the locking code. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

enum { DEPTH = 20, ROUNDS = 200, INTERRUPTED = 100 };

static pthread_mutex_t locks[DEPTH];
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static jmp_buf back;
static sigjmp_buf out_of_loop;

static int try_lock(void *mutex)
{
    int result = pthread_mutex_trylock(mutex);
    if (result == 0)
        pthread_mutex_unlock(mutex);
    return result;
}

/* Through a pointer, so that the compiler does not take descend_and_jump() for endless. */
static void (*volatile jump)(jmp_buf, int) = longjmp;

static void descend_and_jump(int depth)
{
    if (depth == DEPTH) {
        jump(back, depth);
        return;
    }
    pthread_mutex_lock(&locks[depth]);
    pthread_mutex_lock(&recursive);
    descend_and_jump(depth + 1);
    pthread_mutex_unlock(&recursive);
    pthread_mutex_unlock(&locks[depth]);
}

static void jump_often(void)
{
    volatile int bad = 0;
    for (volatile int round = 0; round < ROUNDS; round++) {
        int depth = setjmp(back);
        if (depth == 0)
            descend_and_jump(0);
        for (int i = 0; i < depth; i++) {
            bad += pthread_mutex_unlock(&locks[i]) != 0;
            bad += pthread_mutex_unlock(&recursive) != 0;
        }
    }
    FACT_VALUE(0, bad);
    FACT_RESULT(0, fact_elsewhere(try_lock, &recursive));
    FACT_RESULT(0, fact_elsewhere(try_lock, &locks[0]));
}

static void jump_out(int number)
{
    siglongjmp(out_of_loop, number);
}

/* The jump may come anywhere, inside the locking functions too: nobody knows then whether the
 * mutex is held, so each round has a fresh one. What must work is every other lock. */
static void jump_out_of_locking(void)
{
    static pthread_mutex_t hammered[INTERRUPTED];
    struct itimerval soon = {{0, 0}, {0, 300}};
    volatile int round, bad = 0;
    signal(SIGALRM, jump_out);
    for (round = 0; round < INTERRUPTED; round++) {
        pthread_mutex_init(&hammered[round], NULL);
        if (sigsetjmp(out_of_loop, 1) == 0) {
            setitimer(ITIMER_REAL, &soon, NULL);
            for (;;) {
                pthread_mutex_lock(&hammered[round]);
                pthread_mutex_unlock(&hammered[round]);
            }
        }
        bad += pthread_mutex_lock(&locks[1]) != 0;
        bad += pthread_mutex_trylock(&locks[1]) != EBUSY;
        bad += pthread_mutex_unlock(&locks[1]) != 0;
    }
    FACT_VALUE(0, bad);
    FACT_RESULT(0, fact_elsewhere(try_lock, &locks[1]));
}

int main(void)
{
    for (int i = 0; i < DEPTH; i++)
        pthread_mutex_init(&locks[i], NULL);
    jump_often();
    jump_out_of_locking();
    return fact_status();
}
