/* Programs whose synchronization is known to the last event: scenes NAME. What one thread does is
 * in order by itself; two are in turn because one is joined, or seen to wait, before the other goes
 * on. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, two = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t three = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int ready;

static void *on_thread(void *function)
{
    ((void (*)(void))function)();
    return NULL;
}

static void in_turn(void (*function)(void))
{
    pthread_t thread;
    pthread_create(&thread, NULL, on_thread, (void *)function);
    pthread_join(thread, NULL);
}

/* A mutex that somebody waits for has this in its first word, as glibc keeps it. */
static void until_waited_for(pthread_mutex_t *mutex)
{
    while (__atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) != 2)
        sched_yield();
}

static void nested_mutexes(void)
{
    pthread_mutex_lock(&one);
    pthread_mutex_lock(&two);
    pthread_mutex_lock(&three);
    pthread_mutex_unlock(&three);
    pthread_mutex_unlock(&two);
    pthread_mutex_unlock(&one);
}

static void unlocked_out_of_order(void)
{
    pthread_mutex_lock(&one);
    pthread_mutex_lock(&two);
    pthread_mutex_unlock(&one);
    pthread_mutex_unlock(&two);
}

static void try_one(void)
{
    if (pthread_mutex_trylock(&one) != EBUSY)
        abort();
}

static void failed_try(void)
{
    pthread_mutex_lock(&one);
    in_turn(try_one);
    pthread_mutex_unlock(&one);
    if (pthread_mutex_trylock(&one) == 0)
        pthread_mutex_unlock(&one);
}

static void lock_one(void)
{
    pthread_mutex_lock(&one);
    pthread_mutex_unlock(&one);
}

static void waited_for(void)
{
    pthread_t thread;
    pthread_mutex_lock(&one);
    pthread_create(&thread, NULL, on_thread, (void *)lock_one);
    until_waited_for(&one);
    pthread_mutex_unlock(&one);
    pthread_join(thread, NULL);
}

static void timed_out(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (pthread_mutex_timedlock(&one, &now) != ETIMEDOUT)
        abort();
}

static void timed_lock(void)
{
    struct timespec later = {.tv_sec = time(NULL) + 100};
    pthread_mutex_timedlock(&one, &later);
    in_turn(timed_out);
    pthread_mutex_unlock(&one);
}

static void recursive(void)
{
    pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&one);
    pthread_mutex_unlock(&one);
    pthread_mutex_unlock(&mutex);
    pthread_mutex_unlock(&mutex);
}

static void unlock_one(void)
{
    pthread_mutex_unlock(&one);
}

static void unlocked_by_another(void)
{
    pthread_mutex_lock(&one);
    in_turn(unlock_one);
    lock_one();
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void read_and_try(void)
{
    pthread_rwlock_rdlock(&rwlock);
    if (pthread_rwlock_trywrlock(&rwlock) != EBUSY)
        abort();
    pthread_rwlock_unlock(&rwlock);
}

static void readers_and_writer(void)
{
    pthread_rwlock_rdlock(&rwlock);
    in_turn(read_and_try);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_wrlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
}

static void queueing_readers(void)
{
    pthread_rwlock_t queue = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
    pthread_rwlock_rdlock(&queue);
    pthread_rwlock_unlock(&queue);
}

static void queueing_readers_again(void)
{
    pthread_rwlock_t queue = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
    pthread_rwlock_rdlock(&queue);
    pthread_rwlock_rdlock(&queue);
    pthread_mutex_lock(&one);
    pthread_rwlock_tryrdlock(&queue);
    pthread_rwlock_unlock(&queue);
    pthread_mutex_unlock(&one);
    pthread_rwlock_unlock(&queue);
    pthread_rwlock_unlock(&queue);
    pthread_rwlock_wrlock(&queue);
    pthread_rwlock_unlock(&queue);
}

static void readers_again(void)
{
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
}

static void spinlock(void)
{
    pthread_spinlock_t spin;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    pthread_spin_lock(&spin);
    pthread_mutex_lock(&one);
    pthread_mutex_unlock(&one);
    pthread_spin_unlock(&spin);
    pthread_spin_destroy(&spin);
}

static void wait_for_ready(void)
{
    pthread_mutex_lock(&one);
    while (!ready)
        pthread_cond_wait(&condition, &one);
    pthread_mutex_unlock(&one);
}

/* The mutex is free only once the other waits on the condition. */
static void signalled(void)
{
    pthread_t thread;
    pthread_mutex_lock(&one);
    pthread_create(&thread, NULL, on_thread, (void *)wait_for_ready);
    until_waited_for(&one);
    pthread_mutex_unlock(&one);
    while (__atomic_load_n(&condition.__data.__wrefs, __ATOMIC_RELAXED) == 0)
        sched_yield();
    pthread_mutex_lock(&one);
    ready = 1;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&one);
    pthread_join(thread, NULL);
    pthread_cond_broadcast(&condition);
}

static void timed_wait(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    pthread_mutex_lock(&one);
    if (pthread_cond_timedwait(&condition, &one, &now) != ETIMEDOUT)
        abort();
    pthread_mutex_unlock(&one);
}

static sem_t semaphore;

static void take_two(void)
{
    sem_wait(&semaphore);
    sem_wait(&semaphore);
    if (sem_trywait(&semaphore) == 0)
        abort();
}

static void semaphore_of_two(void)
{
    sem_init(&semaphore, 0, 2);
    in_turn(take_two);
    sem_post(&semaphore);
    sem_wait(&semaphore);
}

static void semaphore_as_a_lock(void)
{
    sem_init(&semaphore, 0, 1);
    for (int i = 0; i < 3; i++) {
        sem_wait(&semaphore);
        sem_post(&semaphore);
    }
}

static void barrier_of_one(void)
{
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    pthread_barrier_destroy(&barrier);
}

static pthread_once_t control = PTHREAD_ONCE_INIT;

static void pass_twice(void)
{
    pthread_once(&control, nested_mutexes);
    pthread_once(&control, nested_mutexes);
}

static void once(void)
{
    pthread_once(&control, nested_mutexes);
    in_turn(pass_twice);
}

static void made_again(void)
{
    pthread_mutex_t mutex;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_init(&mutex, NULL);
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
        pthread_mutex_destroy(&mutex);
    }
}

/* The child holds what the thread that forked held, and has a recording only for what it nests. */
static void forked(void)
{
    pthread_mutex_lock(&one);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(&two);
        pthread_mutex_unlock(&two);
        pthread_mutex_unlock(&one);
        in_turn(lock_one);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    pthread_mutex_unlock(&one);
}

static void post(int signal)
{
    (void)signal;
    sem_post(&semaphore);
}

static void posted_by_a_handler(void)
{
    sem_init(&semaphore, 0, 0);
    signal(SIGUSR1, post);
    pthread_mutex_lock(&one);
    raise(SIGUSR1);
    sem_wait(&semaphore);
    pthread_mutex_unlock(&one);
}

static void killed(void)
{
    nested_mutexes();
    pthread_mutex_lock(&one);
    kill(getpid(), SIGKILL);
}

static const struct {
    const char *name;
    void (*play)(void);
} scenes[] = {
#define SCENE(name)                                                                                \
    {                                                                                              \
#name, name                                                                                \
    }
    SCENE(nested_mutexes),
    SCENE(unlocked_out_of_order),
    SCENE(failed_try),
    SCENE(waited_for),
    SCENE(timed_lock),
    SCENE(recursive),
    SCENE(unlocked_by_another),
    SCENE(readers_and_writer),
    SCENE(queueing_readers),
    SCENE(spinlock),
    SCENE(queueing_readers_again),
    SCENE(readers_again),
    SCENE(signalled),
    SCENE(timed_wait),
    SCENE(semaphore_of_two),
    SCENE(semaphore_as_a_lock),
    SCENE(barrier_of_one),
    SCENE(once),
    SCENE(made_again),
    SCENE(forked),
    SCENE(posted_by_a_handler),
    SCENE(killed),
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 2 && i < sizeof scenes / sizeof scenes[0]; i++) {
        if (strcmp(arguments[1], scenes[i].name) == 0) {
            scenes[i].play();
            return 0;
        }
    }
    fprintf(stderr, "usage: scenes NAME\n");
    return 2;
}
