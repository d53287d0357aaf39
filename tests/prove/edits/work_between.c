/* Work lies between the two requests: what is taken second does not depend on it. One way out of
 * the function is in between, in the other function: that one cannot be turned line by line.
 * complete: recursive-lock */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_B = PTHREAD_MUTEX_INITIALIZER;
static int a, b = 1;

static void *f1(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    pthread_mutex_lock(&lock_A);
    a++;
    if (a > 1) {
        pthread_mutex_unlock(&lock_A);
        return NULL;
    }
    pthread_mutex_lock(&lock_B);
    b++;
    pthread_mutex_unlock(&lock_B);
    pthread_mutex_unlock(&lock_A);
    demo_end_turn();
    return NULL;
}

static void *f2(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_mutex_lock(&lock_B);
    b++;
    for (int i = 0; i < b; i++) {
        if (i == 1)
            printf("f2 counts\n");
    }
    pthread_mutex_lock(&lock_A);
    a += b;
    pthread_mutex_unlock(&lock_A);
    pthread_mutex_unlock(&lock_B);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    demo_must(pthread_create(&threads[0], NULL, f1, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, f2, NULL), "start a thread");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d %d\n", a, b);
    return 0;
}
