/* As many locks as told in a ring, each thread takes its own and the next one.
 * verdict: finding locks=locks*
 * cases: 3 4 5 */
#include "tests/prove/prove.h"

#define MOST 5

static pthread_mutex_t locks[MOST] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};
static long counts[MOST]; /* each protected by the lock of its number */
static int size;

static void *take_two(void *argument)
{
    int own = (int)((long *)argument - counts);
    int next = (own + 1) % size;

    sleep_ms(own * APART_MS);
    lock(&locks[own]);
    lock(&locks[next]);
    counts[own]++;
    counts[next]++;
    unlock(&locks[next]);
    unlock(&locks[own]);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[MOST];
    long sum = 0;

    must_be(argc == 2, "the one argument is the number of locks");
    size = atoi(argv[1]);
    must_be(size >= 2 && size <= MOST, "it is 2 to 5");
    for (int i = 0; i < size; i++)
        must(pthread_create(&threads[i], NULL, take_two, &counts[i]), "pthread_create");
    for (int i = 0; i < size; i++) {
        must(pthread_join(threads[i], NULL), "pthread_join");
    }
    for (int i = 0; i < size; i++)
        sum += counts[i];
    return finish(sum, 2 * size);
}
