/* A thread's stack of held locks, driven by the calls hooks make, against a naive list. Nothing is
 * recorded: the stack lies in private memory, as it does with record=none. */
#include "tests/unit/shim/random.h"

#include <pthread.h>

#include "shim/core/waiting.h"
#include "tests/unit/shim/scene.h"

enum { LOCKS = 400, STEPS = 30000 };

static const struct manner locking = {TRACE_LOCK_MUTEX, 0};
static const struct manner trying = {TRACE_LOCK_MUTEX, TRACE_MODE_TRY};

static pthread_mutex_t locks[LOCKS]; /* odd ones recursive */

struct expected_held {
    uint32_t place, count;
};

struct model {
    struct random random;
    struct expected_held held[LOCKS];
    uint32_t held_count, most_held, redone, waits;
};

static struct expected_held *find(struct model *model, uint32_t place)
{
    for (uint32_t i = 0; i < model->held_count; i++) {
        if (model->held[i].place == place)
            return &model->held[i];
    }
    return NULL;
}

static void push(struct model *model, uint32_t place)
{
    model->held[model->held_count++] = (struct expected_held){place, 1};
    if (model->held_count > model->most_held)
        model->most_held = model->held_count;
}

static void take_out(struct model *model, struct expected_held *held)
{
    for (; held + 1 < model->held + model->held_count; held++)
        held[0] = held[1];
    model->held_count--;
}

static void compare(struct model *model)
{
    const struct shim_thread *self = thread_self;
    assert_agrees(&model->random, thread_held_count(self) == model->held_count);
    assert_agrees(&model->random, self->live->held_count == model->held_count);
    for (uint32_t i = 0; i < model->held_count; i++) {
        const struct trace_held *held = &self->held[i];
        assert_agrees(&model->random, held->address == (uintptr_t)&locks[model->held[i].place]);
        assert_agrees(&model->random, held->count == model->held[i].count);
        assert_agrees(&model->random, held->lock == lock_table_find(&locks[model->held[i].place]));
    }
    if (self->top != self->held_end)
        assert_agrees(&model->random, acquire_is_plain(self->top));
}

/* As a lock hook does it; `interrupt` (may be NULL) runs between request and acquisition. */
static void acquire(struct model *model, uint32_t place, void (*interrupt)(struct model *model))
{
    uint32_t site = random_below(&model->random, SCENE_SITES);
    enum acquire_result requested = acquire_request(&locks[place], locking, SCENE_SITE(site));
    bool held_before = find(model, place) != NULL;
    assert_agrees(&model->random, requested == (held_before ? ACQUIRE_HELD : ACQUIRE_NEW));
    if (interrupt)
        interrupt(model);
    assert_agrees(&model->random, pthread_mutex_lock(&locks[place]) == 0);
    acquire_had(requested, &locks[place], locking, SCENE_SITE(site));
    if (held_before)
        find(model, place)->count++;
    else
        push(model, place);
}

static void release(struct model *model, uint32_t place)
{
    struct expected_held *held = find(model, place);
    assert_agrees(&model->random, acquire_release(&locks[place]) == (held != NULL));
    if (!held)
        return;
    assert_agrees(&model->random, pthread_mutex_unlock(&locks[place]) == 0);
    if (--held->count == 0)
        take_out(model, held);
}

/* A lock the thread may acquire now: any it does not hold, or a recursive one, often the last. */
static uint32_t acquirable(struct model *model)
{
    const struct expected_held *last =
        model->held_count ? &model->held[model->held_count - 1] : NULL;
    if (last && last->place % 2 && last->count < 5 && random_once_in(&model->random, 4))
        return last->place;
    for (;;) {
        uint32_t place = random_below(&model->random, LOCKS);
        const struct expected_held *held = find(model, place);
        if (!held || (place % 2 && held->count < 5))
            return place;
    }
}

static uint32_t free_place(struct model *model)
{
    for (;;) {
        uint32_t place = random_below(&model->random, LOCKS);
        if (!find(model, place))
            return place;
    }
}

/* A signal handler that locks: its entry goes where the interrupted request has put its own. */
static void handler_that_releases(struct model *model)
{
    uint32_t place = free_place(model);
    int already = pthread_mutex_trylock(&locks[place]);
    assert_agrees(&model->random, already == 0);
    pthread_mutex_unlock(&locks[place]);
    acquire(model, place, NULL);
    release(model, place);
    model->redone++;
}

static uint32_t reserved_place; /* not for the handler: the interrupted request is for it */

static void handler_that_keeps(struct model *model)
{
    uint32_t place = free_place(model);
    while (place == reserved_place)
        place = free_place(model);
    acquire(model, place, NULL);
    model->redone++;
}

static void interrupted_acquire(struct model *model)
{
    reserved_place = free_place(model);
    bool keeps = model->held_count < LOCKS - 10 && random_once_in(&model->random, 2);
    acquire(model, reserved_place, keeps ? handler_that_keeps : handler_that_releases);
}

/* The real release fails after the shim has let go of the lock. */
static void failed_release(struct model *model)
{
    struct expected_held *held = &model->held[random_below(&model->random, model->held_count)];
    struct expected_held kept = *held;
    uint32_t site = random_below(&model->random, SCENE_SITES);
    assert_agrees(&model->random, acquire_release(&locks[kept.place]));
    acquire_restore(&locks[kept.place], locking, SCENE_SITE(site));
    if (kept.count == 1) {
        take_out(model, held);
        push(model, kept.place);
    }
}

static void condition_wait(struct model *model)
{
    struct expected_held *held = &model->held[random_below(&model->random, model->held_count)];
    struct expected_held kept = *held;
    struct acquire_wait wait;
    uint32_t site = random_below(&model->random, SCENE_SITES);
    acquire_wait_begin(&locks[kept.place], SCENE_SITE(site), &wait);
    if (kept.count == 1)
        take_out(model, held);
    else
        held->count--;
    compare(model);
    pthread_mutex_unlock(&locks[kept.place]);
    if (random_once_in(&model->random, 3)) /* a handler during the wait */
        handler_that_releases(model);
    pthread_mutex_lock(&locks[kept.place]);
    acquire_wait_end(&wait);
    if (kept.count == 1)
        push(model, kept.place);
    else
        held->count++;
    model->waits++;
}

/* Another thread gives our mutex back: what our list says is stale once we ask for it again. */
static void handed_over(struct model *model)
{
    struct expected_held *held = &model->held[random_below(&model->random, model->held_count)];
    struct expected_held kept = *held;
    bool try = random_once_in(&model->random, 2);
    if (kept.place % 2)
        return;
    pthread_mutex_unlock(&locks[kept.place]);
    struct manner manner = try ? trying : locking;
    assert_agrees(&model->random,
                  acquire_request(&locks[kept.place], manner, SCENE_SITE(0)) == ACQUIRE_NEW);
    pthread_mutex_lock(&locks[kept.place]);
    acquire_had(ACQUIRE_NEW, &locks[kept.place], manner, SCENE_SITE(0));
    take_out(model, held);
    push(model, kept.place);
}

static void block(struct model *model)
{
    uint32_t place = free_place(model), site = random_below(&model->random, SCENE_SITES);
    enum acquire_result requested = acquire_request(&locks[place], locking, SCENE_SITE(site));
    const struct trace_live *live = thread_self->live; /* the request may have moved it */
    uint32_t wait = live->wait;
    struct waiting waiting;
    waiting_begin(&waiting, &locks[place], locking, SCENE_SITE(site));
    assert_agrees(&model->random, live->wait == wait + 1 && live->wait % 2 == 1);
    assert_agrees(&model->random, live->wanted_kind == TRACE_LOCK_MUTEX);
    assert_agrees(&model->random, live->wanted_lock == lock_table_find(&locks[place]));
    assert_agrees(&model->random, live->wanted_address == (uintptr_t)&locks[place]);
    assert_agrees(&model->random, live->wanted_stack != 0 && live->wanted_mode == 0);
    waiting_end(&waiting);
    assert_agrees(&model->random, live->wait == wait + 2 && requested == ACQUIRE_NEW);
}

static void step(struct model *model)
{
    bool growing = model->random.step / 2000 % 2 == 0;
    uint32_t choice = random_below(&model->random, 100);
    if (choice < (growing ? 60u : 35u) && model->held_count < LOCKS - 20)
        acquire(model, acquirable(model), NULL);
    else if (choice < 66 && model->held_count < LOCKS - 20)
        interrupted_acquire(model);
    else if (choice < 70)
        block(model);
    else if (!model->held_count)
        release(model, free_place(model));
    else if (choice < 73)
        failed_release(model);
    else if (choice < 76)
        condition_wait(model);
    else if (choice < 79)
        handed_over(model);
    else if (choice < 85)
        release(model, random_below(&model->random, LOCKS));
    else if (choice < 95) /* the usual: last in, first out */
        release(model, model->held[model->held_count - 1].place);
    else
        release(model, model->held[random_below(&model->random, model->held_count)].place);
}

static void prepare_locks(void)
{
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    for (uint32_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&locks[i], i % 2 ? &recursive : NULL);
    pthread_mutexattr_destroy(&recursive);
}

static void agrees_with_a_list(void **state)
{
    static struct model model;
    (void)state;
    prepare_locks();
    scene_thread();
    uint32_t first_capacity = thread_self->live->capacity;
    model.random = random_from(11);
    for (uint32_t i = 0; i < STEPS; i++) {
        model.random.step = i;
        step(&model);
        compare(&model);
    }
    assert_true(model.most_held > first_capacity); /* the block grew, or the test says little */
    assert_true(thread_self->live->capacity > first_capacity);
    assert_true(model.redone > 300 && model.waits > 300);
    while (model.held_count)
        release(&model, model.held[0].place);
    compare(&model);
}

/* Code the shim itself calls must leave the thread's locks alone. */
static void passes_through_under_the_guard(void **state)
{
    struct shim_thread *self = scene_thread();
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    (void)state;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    assert_int_equal(acquire_request(&mutex, locking, SCENE_SITE(1)), ACQUIRE_UNSEEN);
    acquire_had(ACQUIRE_UNSEEN, &mutex, locking, SCENE_SITE(1));
    assert_int_equal(thread_held_count(self), 0);
    assert_true(acquire_release(&mutex)); /* nothing follows from a lock not seen */
    thread_unguard(self);
    assert_int_equal(lock_table_find(&mutex), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_list),
        cmocka_unit_test(passes_through_under_the_guard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
