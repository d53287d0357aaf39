/* Uses that look like misuse and are none.
 * misuse: none
 * silent: posted_by_another fork_child robust tried destroyed_by_the_next timed_out interrupted
 * silent: pool_of_kinds condition_wait_cancelled */
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static pid_t waiter_tid;

static void *post(void *unused)
{
    must(sem_post(&semaphore), "post");
    return unused;
}

static void posted_by_another(void)
{
    must(sem_init(&semaphore, 0, 0), "init");
    pthread_t thread = start(post, NULL);
    sem_wait(&semaphore);
    join(thread);
    sem_trywait(&semaphore); /* to be sure that it is 0 */
    sem_destroy(&semaphore);
}

/* What the parent held, the child gives back, or destroys. */
static void fork_child(void)
{
    static pthread_mutex_t held;
    must(pthread_mutex_init(&held, NULL), "init");
    pthread_mutex_lock(&held);
    pthread_mutex_lock(&lock);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_unlock(&lock);
        pthread_mutex_unlock(&held);
        pthread_mutex_lock(&lock);
        pthread_mutex_unlock(&lock);
        _exit(0);
    }
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&held);
    waitpid(child, NULL, 0);
}

static void *die_holding(void *mutex)
{
    must(pthread_mutex_lock((pthread_mutex_t *)mutex), "lock");
    return NULL;
}

static void robust(void)
{
    static pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    must(pthread_mutexattr_init(&attributes), "attributes");
    must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "robust");
    must(pthread_mutex_init(&mutex, &attributes), "init");
    join(start(die_holding, &mutex));
    int error = pthread_mutex_lock(&mutex);
    must_be(error == EOWNERDEAD, "the owner is dead");
    pthread_mutex_unlock(&mutex);
    must_be(pthread_mutex_lock(&mutex) == ENOTRECOVERABLE, "nobody made it consistent");
    pthread_mutex_destroy(&mutex);
}

static void tried(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_trylock(&lock);
    pthread_mutex_unlock(&lock);
    if (pthread_mutex_trylock(&lock) == 0)
        pthread_mutex_unlock(&lock);
}

static void *unlock_last(void *object)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)object;
    pthread_mutex_lock(mutex);
    end_turn();
    pthread_mutex_unlock(mutex);
    return NULL;
}

/* Who gets the mutex last may destroy and free it at once. */
static void destroyed_by_the_next(void)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)malloc(sizeof *mutex);
    must(pthread_mutex_init(mutex, NULL), "init");
    pthread_t thread = start(unlock_last, mutex);
    wait_for_turn(1);
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    must(pthread_mutex_destroy(mutex), "destroy");
    free(mutex);
    join(thread);
}

static void timed_out(void)
{
    struct timespec past = seconds_from_now(CLOCK_REALTIME, -1);
    pthread_mutex_lock(&lock);
    pthread_cond_timedwait(&condition, &lock, &past);
    pthread_mutex_unlock(&lock);
    must(sem_init(&semaphore, 0, 0), "init");
    sem_timedwait(&semaphore, &past);
}

static void on_signal(int number)
{
    (void)number;
}

static void *wait_interrupted(void *unused)
{
    __atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    sem_wait(&semaphore);
    return unused;
}

static void interrupted(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    must(sem_init(&semaphore, 0, 0), "init");
    pthread_t thread = start(wait_interrupted, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_kill(thread, SIGUSR1);
    join(thread);
}

/* Memory of the program's own serves for one kind of lock after another. */
static void pool_of_kinds(void)
{
    char *memory = (char *)calloc(1, 256);
    pthread_rwlock_t *rwlock = (pthread_rwlock_t *)(void *)memory;
    pthread_mutex_t *mutex = (pthread_mutex_t *)(void *)memory;
    must(pthread_rwlock_init(rwlock, NULL), "init");
    pthread_rwlock_wrlock(rwlock);
    pthread_rwlock_unlock(rwlock);
    memset(memory, 0, 256);
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    memset(memory, 0, 256);
    pthread_rwlock_rdlock(rwlock);
    pthread_rwlock_unlock(rwlock);
    memset(memory, 0, 256);
    must(sem_init((sem_t *)(void *)memory, 0, 0), "init");
    memset(memory, 0xff, 256);
    must(sem_init((sem_t *)(void *)memory, 0, 0), "init");
    free(memory);
}

static void unlock(void *mutex)
{
    pthread_mutex_unlock((pthread_mutex_t *)mutex);
}

static void *wait_to_be_cancelled(void *unused)
{
    pthread_mutex_lock(&lock);
    __atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    pthread_cleanup_push(unlock, &lock);
    for (;;)
        pthread_cond_wait(&condition, &lock);
    pthread_cleanup_pop(1);
    return unused;
}

static void condition_wait_cancelled(void)
{
    pthread_t thread = start(wait_to_be_cancelled, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_cancel(thread);
    join(thread);
    pthread_cond_destroy(&condition);
}

VARIANTS({"posted_by_another", posted_by_another}, {"fork_child", fork_child}, {"robust", robust},
         {"tried", tried}, {"destroyed_by_the_next", destroyed_by_the_next},
         {"timed_out", timed_out}, {"interrupted", interrupted}, {"pool_of_kinds", pool_of_kinds},
         {"condition_wait_cancelled", condition_wait_cancelled})
