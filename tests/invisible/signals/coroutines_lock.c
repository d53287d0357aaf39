/* Coroutines (ucontext) that lock on stacks of their own, from the heap and from mmap with a guard
 * page, switching while they hold locks, some finishing on another thread than they began on. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { COROUTINES = 6, ROUNDS = 50, STACK_SIZE = 32768, GUARD = 4096 };

struct coroutine {
    ucontext_t context;
    ucontext_t *resumer;
    pthread_mutex_t own;
    int number, steps, done;
};

static struct coroutine coroutines[COROUTINES];
static pthread_mutex_t common = PTHREAD_MUTEX_INITIALIZER;
static int order_sum;

static void nest(struct coroutine *self, int depth)
{
    pthread_mutex_lock(&common);
    self->steps++;
    pthread_mutex_unlock(&common);
    if (depth > 0)
        nest(self, depth - 1);
}

static void body(int number)
{
    struct coroutine *self = &coroutines[number];
    for (int round = 0; round < ROUNDS; round++) {
        pthread_mutex_lock(&self->own);
        nest(self, 5);
        swapcontext(&self->context, self->resumer);
        order_sum = (order_sum * 31 + number) % 9973;
        pthread_mutex_unlock(&self->own);
    }
    self->done = 1;
    swapcontext(&self->context, self->resumer);
}

static void *stack_for(int number)
{
    if (number % 2)
        return malloc(STACK_SIZE);
    char *memory = mmap(NULL, GUARD + STACK_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    mprotect(memory, GUARD, PROT_NONE);
    return memory + GUARD;
}

static void prepare(int number)
{
    struct coroutine *self = &coroutines[number];
    self->number = number;
    pthread_mutex_init(&self->own, NULL);
    getcontext(&self->context);
    self->context.uc_stack.ss_sp = stack_for(number);
    self->context.uc_stack.ss_size = STACK_SIZE;
    makecontext(&self->context, (void (*)(void))body, 1, number);
}

/* Resumes each in turn, at most LIMIT times in all; returns how many are unfinished. */
static int resume_all(void *limit)
{
    ucontext_t here;
    int unfinished = COROUTINES;
    for (long resumed = 0; unfinished > 0 && resumed < (long)limit;) {
        unfinished = 0;
        for (int i = 0; i < COROUTINES; i++) {
            if (coroutines[i].done)
                continue;
            unfinished++;
            coroutines[i].resumer = &here;
            swapcontext(&here, &coroutines[i].context);
            resumed++;
        }
    }
    errno = FACT_ERRNO;
    return unfinished;
}

int main(void)
{
    for (int i = 0; i < COROUTINES; i++)
        prepare(i);
    FACT_VALUE(COROUTINES, resume_all((void *)60));
    FACT_VALUE(COROUTINES, fact_elsewhere(resume_all, (void *)60));
    FACT_VALUE(0, resume_all((void *)100000));
    for (int i = 0; i < COROUTINES; i++) {
        FACT_VALUE(ROUNDS * 6, coroutines[i].steps);
        FACT_RESULT(0, pthread_mutex_trylock(&coroutines[i].own));
    }
    fact_say("order sum %d", order_sum);
    return fact_status();
}
