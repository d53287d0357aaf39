/* All kinds of waiting at random, so that nobody ever waits in vain: no_deadlock SEED ROUNDS.
 * Whatever the seed, it ends, and no wait in it is one for ever, although threads are cancelled and
 * forked from, leave with a lock held, and try locks in any order. */
#include <sched.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/random/ranked_locks.h"

enum { STEPS = 40, BARRIER_ROUNDS = 8, ITEMS = 30, CAPACITY = 3, CHURN = 5 };

static void nest(struct actor *actor, unsigned steps)
{
    struct holder holder = {.actor = actor};
    pthread_cleanup_push(ranked_locks_release_all, &holder);
    for (unsigned i = 0; i < steps; i++) {
        if (below(actor, 3) == 0)
            ranked_locks_release_last(&holder);
        else
            ranked_locks_take(&holder);
    }
    pthread_cleanup_pop(1);
}

/* Two threads or more, all with the same part. */
static void play_one_part(struct actor *director, part all)
{
    part parts[MOST_ACTORS];
    unsigned count = 2 + below(director, MOST_ACTORS - 1);
    for (unsigned i = 0; i < count; i++)
        parts[i] = all;
    play(director, count, parts);
}

static void *only_nest(void *argument)
{
    nest(argument, 4 * STEPS);
    return NULL;
}

static void play_nesting(struct actor *director)
{
    play_one_part(director, only_nest);
}

/* A bounded buffer with one condition for both sides; even numbers put in, odd ones take out. Its
 * mutex comes before all ranks. */
static pthread_mutex_t monitor = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned filled;

static void wait_for_change(struct actor *actor)
{
    struct timespec moment = in_a_moment(CLOCK_REALTIME);
    if (below(actor, 3) == 0)
        pthread_cond_timedwait(&changed, &monitor, &moment);
    else
        pthread_cond_wait(&changed, &monitor);
}

static void move_item(struct actor *actor)
{
    bool puts_in = actor->number % 2 == 0;
    pthread_mutex_lock(&monitor);
    while (filled == (puts_in ? CAPACITY : 0))
        wait_for_change(actor);
    filled += puts_in ? 1 : -1U;
    nest(actor, 3);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&monitor);
}

static void *move_items(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < ITEMS; i++) {
        move_item(actor);
        nest(actor, 2);
    }
    return NULL;
}

static void play_monitor(struct actor *director)
{
    const part parts[] = {move_items, move_items, move_items, move_items};
    play(director, 2 + 2 * below(director, 2), parts);
}

static pthread_barrier_t barrier;

static void *meet_at_barrier(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < BARRIER_ROUNDS; i++) {
        nest(actor, below(actor, STEPS));
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static void play_barrier(struct actor *director)
{
    const part parts[] = {meet_at_barrier, meet_at_barrier, meet_at_barrier, meet_at_barrier};
    unsigned count = 1 + below(director, 4);
    must(pthread_barrier_init(&barrier, NULL, count) == 0, "pthread_barrier_init");
    play(director, count, parts);
    must(pthread_barrier_destroy(&barrier) == 0, "pthread_barrier_destroy");
}

static pthread_once_t once;

static void initialise(void)
{
    struct actor actor = {.random = 7};
    nest(&actor, STEPS);
}

static void *call_once_and_nest(void *argument)
{
    struct actor *actor = argument;
    nest(actor, below(actor, 6));
    must(pthread_once(&once, initialise) == 0, "pthread_once");
    nest(actor, STEPS);
    return NULL;
}

static void play_once(struct actor *director)
{
    static const pthread_once_t anew = PTHREAD_ONCE_INIT;
    once = anew;
    play_one_part(director, call_once_and_nest);
}

static void *nest_until_cancelled(void *argument)
{
    bool goes_on = true;
    while (goes_on) {
        nest(argument, STEPS);
        goes_on = usleep(below(argument, 200)) == 0;
    }
    return NULL;
}

/* Its last thread it waits for in another way: again and again, each time for a moment. */
static void play_cancellation(struct actor *director)
{
    struct actor actors[MOST_ACTORS];
    for (unsigned i = 0; i < MOST_ACTORS; i++) {
        actors[i] = (struct actor){.random = director->random + i};
        must(pthread_create(&actors[i].thread, NULL, nest_until_cancelled, &actors[i]) == 0,
             "pthread_create");
    }
    for (unsigned i = 0; i < MOST_ACTORS; i++) {
        usleep(below(director, 2000));
        must(pthread_cancel(actors[i].thread) == 0, "pthread_cancel");
    }
    for (unsigned i = 0; i + 1 < MOST_ACTORS; i++)
        must(pthread_join(actors[i].thread, NULL) == 0, "pthread_join");
    for (struct timespec moment = in_a_moment(CLOCK_REALTIME);
         pthread_timedjoin_np(actors[MOST_ACTORS - 1].thread, NULL, &moment) == ETIMEDOUT;)
        moment = in_a_moment(CLOCK_REALTIME);
}

/* The child has one thread and uses only locks of its own: the others' owners are not there. */
static void act_as_child(void)
{
    pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER, inner = PTHREAD_MUTEX_INITIALIZER;
    for (unsigned i = 0; i < STEPS; i++) {
        pthread_mutex_lock(&outer);
        pthread_mutex_lock(&inner);
        pthread_mutex_unlock(&inner);
        pthread_mutex_unlock(&outer);
    }
    _exit(0);
}

static void *fork_while_holding(void *argument)
{
    struct holder holder = {.actor = argument};
    int status;
    for (unsigned i = 0; i < 3; i++)
        ranked_locks_take(&holder);
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0)
        act_as_child();
    ranked_locks_release_all(&holder);
    must(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    return NULL;
}

static void play_fork(struct actor *director)
{
    const part parts[] = {only_nest, fork_while_holding, only_nest};
    play(director, 3, parts);
}

static sem_t detached_ended;

static void *nest_a_little(void *argument)
{
    struct actor actor = {.random = (uintptr_t)argument};
    nest(&actor, 5);
    return NULL;
}

static void *nest_detached(void *argument)
{
    nest_a_little(argument);
    sem_post(&detached_ended);
    return NULL;
}

static void *create_and_join(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < CHURN; i++) {
        pthread_t thread;
        bool is_detached = below(actor, 2) == 0;
        void *seed = (void *)(uintptr_t)(actor->number * CHURN + i);
        must(pthread_create(&thread, NULL, is_detached ? nest_detached : nest_a_little, seed) == 0,
             "pthread_create");
        nest(actor, 4);
        if (!is_detached) {
            must(pthread_join(thread, NULL) == 0, "pthread_join");
            continue;
        }
        must(pthread_detach(thread) == 0, "pthread_detach");
        must(sem_wait(&detached_ended) == 0, "sem_wait");
    }
    return NULL;
}

static void play_churn(struct actor *director)
{
    must(sem_init(&detached_ended, 0, 0) == 0, "sem_init");
    play_one_part(director, create_and_join);
}

static void *leave_with_robust(void *argument)
{
    struct holder holder = {.actor = argument};
    nest(argument, below(argument, STEPS));
    ranked_locks_leave_robust(&holder);
    return NULL;
}

static void play_heirs(struct actor *director)
{
    const part parts[] = {leave_with_robust, only_nest, leave_with_robust, only_nest};
    play(director, 4, parts);
}

/* Locks on the heap, at addresses that others had before; not all of them are destroyed. */
static void *make_and_free(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        size_t size = (1 + below(actor, 2)) * sizeof(pthread_mutex_t);
        pthread_mutex_t *mutex = calloc(2, size);
        must(mutex != NULL, "calloc");
        pthread_mutex_lock(mutex);
        pthread_mutex_lock(mutex + 1);
        pthread_mutex_unlock(mutex);
        pthread_mutex_unlock(mutex + 1);
        if (below(actor, 2) == 0)
            pthread_mutex_destroy(mutex);
        free(mutex);
        nest(actor, 2);
    }
    return NULL;
}

static void play_heap(struct actor *director)
{
    play_one_part(director, make_and_free);
}

/* Semaphores as signals round a ring: each is posted by one thread and waited for by another. */
static sem_t turns[MOST_ACTORS];

static void *pass_on(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < ITEMS; i++) {
        must(sem_wait(&turns[actor->number]) == 0, "sem_wait");
        nest(actor, 3);
        must(sem_post(&turns[(actor->number + 1) % actor->count]) == 0, "sem_post");
    }
    return NULL;
}

static void play_ring(struct actor *director)
{
    for (unsigned i = 0; i < MOST_ACTORS; i++)
        must(sem_init(&turns[i], 0, i == 0) == 0, "sem_init");
    play_one_part(director, pass_on);
}

int main(int argc, char **argv)
{
    static const scene scenes[] = {play_nesting,      play_monitor, play_barrier, play_once,
                                   play_cancellation, play_fork,    play_churn,   play_heirs,
                                   play_heap,         play_ring};
    ranked_locks_init();
    play_at_random(argc, argv, scenes, sizeof scenes / sizeof scenes[0]);
    ranked_locks_check();
    puts("done");
    return 0;
}
