/* From reading to writing without letting go.
 *
 * Wrong: a lookup that misses asks for the write lock while it still reads. A writer waits until
 * every reader has left, and it is one of them: it waits for itself. By default the cache happens
 * to have every answer; `rwlock_upgrade hang` asks for one it does not have.
 * Right: unlock, lock for writing, and look again, for another thread may have been faster.
 *
 * Expect: clean, not yet judged: without a miss the run does not show the mistake, and with one it
 * is a lock that waits for itself, where this version looks for circles of two and more.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

static pthread_rwlock_t cache_lock = PTHREAD_RWLOCK_INITIALIZER;
static int cache[10] = {0, 1, 4, 9, 16}; /* protected by cache_lock; 0: not known */

static int square(int number)
{
    pthread_rwlock_rdlock(&cache_lock);
    if (cache[number] == 0) {
        printf("%d is not in the cache\n", number);
        pthread_rwlock_wrlock(&cache_lock); /* while reading */
        cache[number] = number * number;
    }
    int result = cache[number];
    pthread_rwlock_unlock(&cache_lock);
    return result;
}

static void *look_up(void *argument)
{
    int number = *(const int *)argument;

    printf("the square of %d is %d\n", number, square(number));
    return NULL;
}

int main(int argc, char **argv)
{
    static int numbers[] = {2, 3, 4};
    pthread_t threads[3];

    if (demo_told_to_hang(argc, argv))
        numbers[2] = 5;
    for (int i = 0; i < 3; i++)
        demo_must(pthread_create(&threads[i], NULL, look_up, &numbers[i]), "start a thread");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("all answered\n");
    return 0;
}
