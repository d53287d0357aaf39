/* 100,000 locks made, used and thrown away: destroyed, freed without destroying, on a reused stack,
 * in memory that is unmapped, moved by realloc and zeroed by memset. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ROUNDS = 20000, PAGES = 4096 };

static int bad;

static void use(pthread_mutex_t *mutex)
{
    bad += pthread_mutex_lock(mutex) != 0;
    bad += pthread_mutex_trylock(mutex) != EBUSY;
    bad += pthread_mutex_unlock(mutex) != 0;
}

static void on_stack(void)
{
    pthread_mutex_t local = PTHREAD_MUTEX_INITIALIZER;
    use(&local);
}

static void destroyed(void)
{
    pthread_mutex_t mutex;
    bad += pthread_mutex_init(&mutex, NULL) != 0;
    use(&mutex);
    bad += pthread_mutex_destroy(&mutex) != 0;
}

static void freed_locked(void)
{
    pthread_mutex_t *mutex = calloc(1, sizeof *mutex);
    use(mutex);
    bad += pthread_mutex_lock(mutex) != 0;
    free(mutex);
}

static void moved(void)
{
    pthread_mutex_t *mutexes = calloc(2, sizeof *mutexes);
    use(&mutexes[1]);
    mutexes = realloc(mutexes, PAGES);
    use(&mutexes[1]);
    memset(mutexes, 0, PAGES);
    use(&mutexes[0]);
    free(mutexes);
}

static void unmapped(void)
{
    pthread_mutex_t *mutexes =
        mmap(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    use(&mutexes[3]);
    bad += pthread_mutex_lock(&mutexes[4]) != 0;
    munmap(mutexes, PAGES);
}

static int run(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        on_stack();
        destroyed();
        freed_locked();
        moved();
        unmapped();
    }
    errno = FACT_ERRNO;
    return bad;
}

int main(void)
{
    FACT_VALUE(0, run(NULL));
    FACT_VALUE(0, fact_elsewhere(run, NULL));
    return fact_status();
}
