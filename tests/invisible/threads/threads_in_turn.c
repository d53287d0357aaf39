/* 10,000 threads one after the other, each taking two locks, every third one detached: all run,
 * and the number of threads the kernel knows comes down again. */
#include "tests/invisible/fact.h"

#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

enum { THREADS = 10000 };

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static sem_t detached_done;
static int ran;

static void *run(void *is_detached)
{
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&second);
    ran++;
    pthread_mutex_unlock(&second);
    pthread_mutex_unlock(&first);
    if (is_detached != NULL)
        sem_post(&detached_done);
    return is_detached;
}

static int tasks(void)
{
    int count = -2;
    DIR *directory = opendir("/proc/self/task");
    while (directory != NULL && readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

int main(void)
{
    int bad = 0;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    sem_init(&detached_done, 0, 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        void *result = &ran;
        if (i % 3 == 0) {
            bad += pthread_create(&thread, &detached, run, &ran) != 0;
            bad += sem_wait(&detached_done) != 0;
        } else {
            bad += pthread_create(&thread, NULL, run, NULL) != 0;
            bad += pthread_join(thread, &result) != 0 || result != NULL;
        }
    }
    FACT_VALUE(THREADS, ran);
    FACT_VALUE(0, bad);
    while (tasks() > 1)
        usleep(1000);
    FACT_VALUE(1, tasks());
    return fact_status();
}
