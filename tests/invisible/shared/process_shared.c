/* Locks between processes: in anonymous shared memory, POSIX shared memory and a mapped file, that
 * a child takes at another address, and that stay held while their memory is mapped anew. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHILDREN = 3, ROUNDS = 2000, SHARED_BYTES = 4096 };

struct shared {
    pthread_mutex_t mutex, robust;
    pthread_rwlock_t rwlock;
    pthread_cond_t all_here;
    pthread_spinlock_t spin;
    pthread_barrier_t barrier;
    sem_t room;
    int here;
    long total, written, spun;
};

static void init(struct shared *shared)
{
    pthread_mutexattr_t mutex;
    pthread_rwlockattr_t rwlock;
    pthread_condattr_t condition;
    pthread_barrierattr_t barrier;
    FACT_RESULT(0, pthread_mutexattr_init(&mutex));
    FACT_RESULT(0, pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED));
    FACT_RESULT(0, pthread_mutex_init(&shared->mutex, &mutex));
    FACT_RESULT(0, pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST));
    FACT_RESULT(0, pthread_mutex_init(&shared->robust, &mutex));
    FACT_RESULT(0, pthread_rwlockattr_init(&rwlock));
    FACT_RESULT(0, pthread_rwlockattr_setpshared(&rwlock, PTHREAD_PROCESS_SHARED));
    FACT_RESULT(0, pthread_rwlock_init(&shared->rwlock, &rwlock));
    FACT_RESULT(0, pthread_condattr_init(&condition));
    FACT_RESULT(0, pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED));
    FACT_RESULT(0, pthread_cond_init(&shared->all_here, &condition));
    FACT_RESULT(0, pthread_barrierattr_init(&barrier));
    FACT_RESULT(0, pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED));
    FACT_RESULT(0, pthread_barrier_init(&shared->barrier, &barrier, CHILDREN));
    FACT_RESULT(0, pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED));
    FACT_CALL(0, sem_init(&shared->room, 1, 2));
}

static void arrive(struct shared *shared)
{
    pthread_mutex_lock(&shared->mutex);
    if (++shared->here == CHILDREN)
        pthread_cond_broadcast(&shared->all_here);
    while (shared->here < CHILDREN)
        pthread_cond_wait(&shared->all_here, &shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
    pthread_barrier_wait(&shared->barrier);
}

/* The last child dies with the robust mutex held. */
static void child(struct shared *shared, int number)
{
    arrive(shared);
    for (int i = 0; i < ROUNDS; i++) {
        sem_wait(&shared->room);
        pthread_mutex_lock(&shared->mutex);
        pthread_rwlock_wrlock(&shared->rwlock);
        shared->total++;
        pthread_rwlock_unlock(&shared->rwlock);
        pthread_mutex_unlock(&shared->mutex);
        sem_post(&shared->room);
        pthread_spin_lock(&shared->spin);
        shared->spun++;
        pthread_spin_unlock(&shared->spin);
    }
    if (number == CHILDREN - 1)
        pthread_mutex_lock(&shared->robust);
    _exit(number);
}

static struct shared *map(int file)
{
    int flags = MAP_SHARED | (file < 0 ? MAP_ANONYMOUS : 0);
    void *memory = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, flags, file, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

static void run_children(struct shared *shared, int file)
{
    pid_t children[CHILDREN];
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] == 0)
            child(file >= 0 && i > 0 ? map(file) : shared, i);
    }
    for (int i = 0; i < CHILDREN; i++)
        fact_child_end("child", children[i]);
    FACT_RESULT(EOWNERDEAD, pthread_mutex_lock(&shared->robust));
    FACT_RESULT(0, pthread_mutex_consistent(&shared->robust));
    FACT_RESULT(0, pthread_mutex_unlock(&shared->robust));
    FACT_VALUE(CHILDREN * ROUNDS, shared->total);
    FACT_VALUE(CHILDREN * ROUNDS, shared->spun);
}

/* Held across a second mapping and the end of the first: released where it was not taken. */
static struct shared *move(struct shared *shared, int file)
{
    FACT_RESULT(0, pthread_mutex_lock(&shared->mutex));
    FACT_RESULT(0, pthread_rwlock_rdlock(&shared->rwlock));
    struct shared *second = map(file);
    FACT_CALL(0, munmap(shared, SHARED_BYTES));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&second->mutex));
    FACT_RESULT(EBUSY, pthread_rwlock_trywrlock(&second->rwlock));
    FACT_RESULT(0, pthread_rwlock_unlock(&second->rwlock));
    FACT_RESULT(0, pthread_mutex_unlock(&second->mutex));
    FACT_RESULT(0, pthread_mutex_lock(&second->mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&second->mutex));
    return second;
}

static int open_file(const char *way)
{
    char name[64];
    int file = -1;
    if (strcmp(way, "shm") == 0) {
        snprintf(name, sizeof name, "/invisible-%d", getpid());
        file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
        FACT_CALL(0, shm_unlink(name));
    } else if (strcmp(way, "file") == 0) {
        file = open("locks", O_RDWR | O_CREAT | O_EXCL, 0600);
    } else if (strcmp(way, "memfd") == 0) {
        file = memfd_create("locks", 0);
    }
    if (file >= 0)
        FACT_CALL(0, ftruncate(file, SHARED_BYTES));
    return file;
}

int main(int argc, char **arguments)
{
    if (argc < 2)
        return 2;
    int file = open_file(arguments[1]);
    struct shared *shared = map(file);
    init(shared);
    run_children(shared, file);
    if (file >= 0)
        shared = move(shared, file);
    FACT_RESULT(0, pthread_mutex_destroy(&shared->mutex));
    FACT_RESULT(0, pthread_rwlock_destroy(&shared->rwlock));
    FACT_CALL(0, munmap(shared, SHARED_BYTES));
    return fact_status();
}
