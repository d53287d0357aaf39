/* Uses semaphores as signals, at random: semaphore_signals SEED ROUNDS. Whatever the seed, it ends,
 * and nothing in it is a lock-order problem: no semaphore here is a lock, although many begin at 1
 * and are waited for in any order, under mutexes, and before mutexes are taken; the mutexes are
 * taken in one order only. */
#include <sched.h>
#include <semaphore.h>

#include "tests/random/actors.h"

enum { SIGNALS = 6, MUTEXES = 4, STEPS = 10 };

static sem_t signals[SIGNALS];
static pthread_mutex_t mutexes[MUTEXES] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                                           PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

static bool is_had(sem_t *semaphore, unsigned form)
{
    struct timespec moment;
    switch (form) {
    case 0:
        return sem_trywait(semaphore) == 0;
    case 1:
        moment = in_a_moment(CLOCK_REALTIME);
        return sem_timedwait(semaphore, &moment) == 0;
    case 2:
        moment = in_a_moment(CLOCK_MONOTONIC);
        return sem_clockwait(semaphore, CLOCK_MONOTONIC, &moment) == 0;
    default:
        return sem_wait(semaphore) == 0;
    }
}

static void await(struct actor *actor, sem_t *semaphore)
{
    while (!is_had(semaphore, below(actor, 6)))
        ;
}

static void tell(struct actor *actor, sem_t *semaphore)
{
    if (below(actor, 4) == 0)
        sched_yield();
    must(sem_post(semaphore) == 0, "sem_post");
}

static void begin_signal(unsigned number, unsigned value)
{
    must(sem_init(&signals[number], 0, value) == 0, "sem_init");
}

static void take_the_next_mutex(struct actor *actor)
{
    if (actor->held < MUTEXES)
        pthread_mutex_lock(&mutexes[actor->held++]);
}

static void release_the_mutexes(struct actor *actor)
{
    while (actor->held > 0)
        pthread_mutex_unlock(&mutexes[--actor->held]);
}

/* Tokens: some take units in any order, holding mutexes or not; one, who holds nothing, gives back
 * each unit that was taken, so each wait ends. */
static unsigned taken[SIGNALS];

static void *take_tokens(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        unsigned which = below(actor, SIGNALS);
        if (below(actor, 2) == 0)
            take_the_next_mutex(actor);
        await(actor, &signals[which]);
        __atomic_add_fetch(&taken[which], 1, __ATOMIC_SEQ_CST);
        if (below(actor, 4) == 0)
            release_the_mutexes(actor);
    }
    release_the_mutexes(actor);
    return NULL;
}

static void *give_tokens_back(void *argument)
{
    struct actor *actor = argument;
    for (unsigned given = 0; given < (actor->count - 1) * STEPS;) {
        unsigned which = below(actor, SIGNALS);
        if (__atomic_load_n(&taken[which], __ATOMIC_SEQ_CST) == 0) {
            sched_yield();
            continue;
        }
        __atomic_sub_fetch(&taken[which], 1, __ATOMIC_SEQ_CST);
        tell(actor, &signals[which]);
        given++;
    }
    return NULL;
}

static void play_tokens(struct actor *director)
{
    part parts[MOST_ACTORS];
    unsigned takers = 2 + below(director, MOST_ACTORS - 2);
    for (unsigned i = 0; i < SIGNALS; i++)
        begin_signal(i, 1 + below(director, 4) / 3);
    for (unsigned i = 0; i < takers; i++)
        parts[i] = take_tokens;
    parts[takers] = give_tokens_back;
    play(director, takers + 1, parts);
}

/* A bounded buffer: signals[0] counts its free places, often one, signals[1] what is in it. */
static void *produce(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        await(actor, &signals[0]);
        take_the_next_mutex(actor);
        tell(actor, &signals[1]);
        release_the_mutexes(actor);
    }
    return NULL;
}

static void *consume(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        await(actor, &signals[1]);
        take_the_next_mutex(actor);
        take_the_next_mutex(actor);
        tell(actor, &signals[0]);
        release_the_mutexes(actor);
    }
    return NULL;
}

static void play_producers_and_consumers(struct actor *director)
{
    part parts[MOST_ACTORS];
    unsigned pairs = 1 + below(director, MOST_ACTORS / 2);
    begin_signal(0, 1 + below(director, 3));
    begin_signal(1, 0);
    for (unsigned i = 0; i < pairs; i++) {
        parts[2 * i] = produce;
        parts[2 * i + 1] = consume;
    }
    play(director, 2 * pairs, parts);
}

/* A ring: each waits for its own signal and tells the next; two at a time go round, one by
 * signals from 0 on, the other by those from 3 on and the other way. */
static void *pass_on(void *argument)
{
    struct actor *actor = argument;
    unsigned next = (actor->number + 1) % 3, last = (actor->number + 2) % 3;
    for (unsigned i = 0; i < STEPS; i++) {
        await(actor, &signals[actor->number]);
        tell(actor, &signals[next]);
        await(actor, &signals[3 + actor->number]);
        tell(actor, &signals[3 + last]);
    }
    return NULL;
}

static void play_ring(struct actor *director)
{
    const part parts[] = {pass_on, pass_on, pass_on};
    for (unsigned i = 0; i < SIGNALS; i++)
        begin_signal(i, i % 3 == 0);
    play(director, 3, parts);
}

/* Rendezvous of two, by signals that begin at 0 or were emptied by the one who waits for them. */
static void *meet(void *argument)
{
    struct actor *actor = argument;
    unsigned other = 1 - actor->number;
    for (unsigned i = 0; i < STEPS; i++) {
        take_the_next_mutex(actor);
        release_the_mutexes(actor);
        tell(actor, &signals[other]);
        await(actor, &signals[actor->number]);
    }
    return NULL;
}

static void play_rendezvous(struct actor *director)
{
    const part parts[] = {meet, meet};
    for (unsigned i = 0; i < 2; i++) {
        unsigned begin_at = below(director, 2);
        begin_signal(i, begin_at);
        if (begin_at == 1)
            await(director, &signals[i]);
    }
    play(director, 2, parts);
}

/* Completion: the waiter has the signal on its stack, and takes what it began with first. */
static sem_t *_Atomic completion;

static void *complete(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        sem_t *waited_for = NULL;
        while (!(waited_for = completion))
            sched_yield();
        completion = NULL;
        take_the_next_mutex(actor);
        tell(actor, waited_for);
        release_the_mutexes(actor);
    }
    return NULL;
}

static void *wait_for_completion(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        sem_t done;
        unsigned begin_at = below(actor, 2);
        must(sem_init(&done, 0, begin_at) == 0, "sem_init");
        if (begin_at == 1)
            await(actor, &done);
        completion = &done;
        await(actor, &done);
        must(sem_destroy(&done) == 0, "sem_destroy");
    }
    return NULL;
}

static void play_completion(struct actor *director)
{
    const part parts[] = {wait_for_completion, complete};
    play(director, 2, parts);
}

/* A barrier by two turnstiles: the last to come opens the first one for all, the last to leave the
 * second one; signals[2] keeps count, as a lock would, and is always taken alone. */
static unsigned inside;

static void go_through(struct actor *actor, unsigned turnstile, unsigned step, unsigned last)
{
    await(actor, &signals[2]);
    inside += step;
    bool opens = inside == last;
    must(sem_post(&signals[2]) == 0, "sem_post");
    for (unsigned i = 0; opens && i < actor->count; i++)
        tell(actor, &signals[turnstile]);
    await(actor, &signals[turnstile]);
}

static void *go_through_both(void *argument)
{
    struct actor *actor = argument;
    for (unsigned i = 0; i < STEPS; i++) {
        go_through(actor, 0, 1, actor->count);
        go_through(actor, 1, -1U, 0);
    }
    return NULL;
}

static void play_turnstiles(struct actor *director)
{
    part parts[MOST_ACTORS];
    unsigned count = 2 + below(director, MOST_ACTORS - 1);
    for (unsigned i = 0; i < 3; i++)
        begin_signal(i, i == 2);
    for (unsigned i = 0; i < count; i++)
        parts[i] = go_through_both;
    play(director, count, parts);
}

int main(int argc, char **argv)
{
    static const scene scenes[] = {play_tokens,     play_producers_and_consumers,
                                   play_ring,       play_rendezvous,
                                   play_completion, play_turnstiles};
    play_at_random(argc, argv, scenes, sizeof scenes / sizeof scenes[0]);
    puts("done");
    return 0;
}
