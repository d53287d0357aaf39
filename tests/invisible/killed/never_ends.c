/* Threads that take locks in ever new pairs, until killed. After each pair a byte goes to standard
 * output: what was told there must be in the recording. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOCKS = 400, THREADS = 3 };

static pthread_mutex_t locks[THREADS][LOCKS];

static void *work(void *number)
{
    pthread_mutex_t *own = locks[(long)number];
    for (int distance = 1; distance < LOCKS; distance++)
        for (int first = 0; first + distance < LOCKS; first++) {
            pthread_mutex_lock(&own[first]);
            pthread_mutex_lock(&own[first + distance]);
            if (write(1, "x", 1) != 1)
                abort();
            pthread_mutex_unlock(&own[first + distance]);
            pthread_mutex_unlock(&own[first]);
        }
    for (;;)
        pause();
}

int main(void)
{
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < LOCKS; j++)
            pthread_mutex_init(&locks[i][j], NULL);
    for (long i = 1; i < THREADS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, (void *)i) != 0)
            abort();
    }
    work(NULL);
}
