/* The same with the threads of C11.
 * complete: recursive-lock single-lock reorder try-backoff */
#include <threads.h>
#include "demos/demo.h"

static mtx_t lock_A;
static mtx_t lock_B;

static int f1(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    mtx_lock(&lock_A);
    mtx_lock(&lock_B);
    printf("f1 has both\n");
    mtx_unlock(&lock_B);
    mtx_unlock(&lock_A);
    demo_end_turn();
    return 0;
}

static int f2(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    mtx_lock(&lock_B);
    mtx_lock(&lock_A);
    printf("f2 has both\n");
    mtx_unlock(&lock_A);
    mtx_unlock(&lock_B);
    demo_end_turn();
    return 0;
}

int main(void)
{
    thrd_t threads[2];

    mtx_init(&lock_A, mtx_plain);
    mtx_init(&lock_B, mtx_plain);
    if (thrd_create(&threads[0], f1, NULL) != thrd_success)
        return 1;
    if (thrd_create(&threads[1], f2, NULL) != thrd_success)
        return 1;
    for (int i = 0; i < 2; i++)
        thrd_join(threads[i], NULL);
    mtx_destroy(&lock_A);
    mtx_destroy(&lock_B);
    return 0;
}
