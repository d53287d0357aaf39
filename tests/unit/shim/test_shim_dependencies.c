/* Random lock programs, and what the recording says of them: each distinct chain of locks, modes
 * and call sites once a segment, none missing, nothing else. */
#include "tests/unit/shim/random.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim/platform/recording.h"
#include "tests/unit/shim/scene.h"
#include "trace/reader.h"

enum { LOCKS = 8, SITES = 2, DEPTH = 3, STEPS = 100000, KEYS = 400000, IDS = 200000 };

/* One of each: normal, recursive, a usual rwlock, one whose readers queue behind a writer. */
static union lock {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
} locks[LOCKS];

struct link {
    uint32_t lock, site, mode;
};

/* All bytes count: kept zero where unused. */
struct key {
    uint32_t segment, count;
    struct link chain[DEPTH + 1]; /* held ones, then the requested */
};

struct keys {
    struct key *items;
    size_t count;
};

struct model {
    struct random random;
    struct link held[DEPTH];
    uint32_t places[DEPTH], held_count, segment;
    struct keys asked; /* with repetitions */
};

static void add_key(struct keys *keys, const struct key *key)
{
    assert_true(keys->count < KEYS);
    keys->items[keys->count++] = *key;
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct key));
}

static void sort_keys(struct keys *keys)
{
    qsort(keys->items, keys->count, sizeof(struct key), compare_keys);
}

static void drop_repeated(struct keys *keys)
{
    size_t kept = 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (i == 0 || compare_keys(&keys->items[i], &keys->items[kept - 1]) != 0)
            keys->items[kept++] = keys->items[i];
    }
    keys->count = kept;
}

static enum trace_lock_kind kind_of(uint32_t place)
{
    return place % 4 < 2 ? TRACE_LOCK_MUTEX : TRACE_LOCK_RWLOCK;
}

static void init_lock(uint32_t place)
{
    pthread_mutexattr_t recursive;
    pthread_rwlockattr_t writers_first;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_rwlockattr_init(&writers_first);
    pthread_rwlockattr_setkind_np(&writers_first, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    if (kind_of(place) == TRACE_LOCK_MUTEX)
        pthread_mutex_init(&locks[place].mutex, place % 4 ? &recursive : NULL);
    else
        pthread_rwlock_init(&locks[place].rwlock, place % 4 == 3 ? &writers_first : NULL);
}

static void lock_really(uint32_t place, uint32_t mode)
{
    int result;
    if (kind_of(place) == TRACE_LOCK_MUTEX)
        result = pthread_mutex_lock(&locks[place].mutex);
    else if (mode & TRACE_MODE_READ)
        result = pthread_rwlock_rdlock(&locks[place].rwlock);
    else
        result = pthread_rwlock_wrlock(&locks[place].rwlock);
    assert_int_equal(result, 0);
}

static void unlock_really(uint32_t place)
{
    if (kind_of(place) == TRACE_LOCK_MUTEX)
        pthread_mutex_unlock(&locks[place].mutex);
    else
        pthread_rwlock_unlock(&locks[place].rwlock);
}

static bool holds(const struct model *model, uint32_t place)
{
    for (uint32_t i = 0; i < model->held_count; i++) {
        if (model->places[i] == place)
            return true;
    }
    return false;
}

static void note_request(struct model *model, const struct link *requested)
{
    bool queues = requested->lock & LOCK_ID_RECORD_ALWAYS && !(requested->mode & TRACE_MODE_READ);
    struct key key;
    if (!model->held_count && !queues)
        return;
    memset(&key, 0, sizeof(key));
    key.segment = model->segment;
    key.count = model->held_count;
    memcpy(key.chain, model->held, model->held_count * sizeof(key.chain[0]));
    key.chain[key.count] = *requested;
    add_key(&model->asked, &key);
}

static void acquire(struct model *model)
{
    static const uint16_t forms[] = {0, 0, 0, TRACE_MODE_TRY};
    uint32_t place = random_below(&model->random, LOCKS);
    struct link link = {.site = random_below(&model->random, SITES),
                        .mode = forms[random_below(&model->random, 4)]};
    if (holds(model, place) || model->held_count == DEPTH)
        return;
    if (kind_of(place) == TRACE_LOCK_RWLOCK)
        link.mode |= random_below(&model->random, 2);
    const struct manner manner = {kind_of(place), (uint16_t)link.mode};
    enum acquire_result requested = acquire_request(&locks[place], manner, SCENE_SITE(link.site));
    assert_agrees(&model->random, requested == ACQUIRE_NEW);
    link.lock = lock_table_find(&locks[place]);
    note_request(model, &link);
    lock_really(place, link.mode);
    acquire_had(requested, &locks[place], manner, SCENE_SITE(link.site));
    if (kind_of(place) == TRACE_LOCK_MUTEX && place % 4 && random_once_in(&model->random, 2)) {
        /* Again, and back: no request, since it cannot block. */
        requested = acquire_request(&locks[place], manner, SCENE_SITE(0));
        acquire_had(requested, &locks[place], manner, SCENE_SITE(0));
        assert_agrees(&model->random, acquire_release(&locks[place]));
    }
    model->places[model->held_count] = place;
    model->held[model->held_count++] = link;
}

static void release(struct model *model)
{
    if (!model->held_count)
        return;
    uint32_t at = random_once_in(&model->random, 3)
                      ? random_below(&model->random, model->held_count)
                      : model->held_count - 1;
    uint32_t place = model->places[at];
    assert_agrees(&model->random, acquire_release(&locks[place]));
    unlock_really(place);
    model->held_count--;
    for (; at < model->held_count; at++) {
        model->held[at] = model->held[at + 1];
        model->places[at] = model->places[at + 1];
    }
}

static void renew_lock(struct model *model)
{
    uint32_t place = random_below(&model->random, LOCKS);
    struct shim_thread *self = thread_self;
    if (holds(model, place))
        return;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    lock_table_retire(&locks[place]);
    thread_unguard(self);
    init_lock(place);
}

static void advance_segment(struct model *model)
{
    thread_guard(thread_self, (uintptr_t)__builtin_frame_address(0));
    thread_advance_segment(thread_self);
    thread_unguard(thread_self);
    model->segment++;
}

static void run_program(struct model *model)
{
    for (uint32_t i = 0; i < STEPS; i++) {
        model->random.step = i;
        uint32_t choice = random_below(&model->random, 10000);
        if (choice < 5500)
            acquire(model);
        else if (choice < 9990)
            release(model);
        else if (choice < 9998)
            renew_lock(model);
        else
            advance_segment(model);
    }
    while (model->held_count)
        release(model);
}

/* What the recording says. */
struct story {
    uint32_t site_of_stack[1000]; /* + 1 */
    bool defined[IDS];            /* locks, by serial number */
    struct keys told;
    uint64_t sites_base; /* the code of site 0 */
};

static void read_stack(struct story *story, const struct trace_stack *stack)
{
    assert_true(stack->id < 1000);
    assert_int_equal(stack->frame_count, 1);
    for (uint32_t site = 0; site < SITES; site++) {
        uint64_t offset = (uint64_t)((char *)&scene_sites[site] - (char *)&scene_sites[0]);
        if (TRACE_CODE_OFFSET(stack->frames[0]) == story->sites_base + offset)
            story->site_of_stack[stack->id] = site + 1;
    }
    assert_int_not_equal(story->site_of_stack[stack->id], 0);
}

static struct link told_link(const struct story *story, uint32_t lock, uint32_t stack,
                             uint32_t mode)
{
    assert_true(story->defined[lock & LOCK_ID_SERIAL]); /* definitions come first */
    assert_int_not_equal(story->site_of_stack[stack], 0);
    return (struct link){lock, story->site_of_stack[stack] - 1, mode};
}

static void read_dependency(struct story *story, const struct trace_dependency *dependency)
{
    struct key key;
    memset(&key, 0, sizeof(key));
    assert_true(dependency->held_count <= DEPTH);
    assert_int_equal(dependency->thread, thread_self->id);
    key.segment = dependency->segment;
    key.count = dependency->held_count;
    for (uint32_t i = 0; i < key.count; i++) {
        const struct trace_dependency_held *held = &dependency->held[i];
        key.chain[i] = told_link(story, held->lock, held->stack, held->mode);
    }
    key.chain[key.count] = told_link(story, dependency->lock, dependency->stack, dependency->mode);
    add_key(&story->told, &key);
}

static void read_record(struct story *story, const struct trace_record *record)
{
    const struct trace_module *module = (const struct trace_module *)record;
    const struct trace_lock *lock = (const struct trace_lock *)record;
    uint64_t sites = (uintptr_t)&scene_sites[0];
    switch (record->kind) {
    case TRACE_MODULE:
        if (sites >= module->start && sites < module->end)
            story->sites_base = sites - module->bias;
        break;
    case TRACE_STACK:
        read_stack(story, (const struct trace_stack *)record);
        break;
    case TRACE_LOCK:
        assert_true((lock->id & LOCK_ID_SERIAL) < IDS);
        assert_false(story->defined[lock->id & LOCK_ID_SERIAL]);
        story->defined[lock->id & LOCK_ID_SERIAL] = true;
        break;
    case TRACE_DEPENDENCY:
        read_dependency(story, (const struct trace_dependency *)record);
        break;
    }
}

static void read_story(struct story *story, const char *path)
{
    size_t bytes;
    void *data = scene_read(path, &bytes);
    struct trace_reader reader;
    const struct trace_record *record;
    enum trace_status status;
    assert_int_equal(trace_reader_open(&reader, data, bytes), TRACE_OK);
    while ((status = trace_reader_next(&reader, &record)) == TRACE_OK)
        read_record(story, record);
    assert_int_equal(status, TRACE_END);
    assert_int_equal(trace_reader_header(&reader)->dependencies_seen, story->told.count);
    assert_int_equal(trace_reader_header(&reader)->lost[TRACE_LOST_memory], 0);
    free(data);
}

static void each_chain_is_recorded_once_a_segment(void **state)
{
    static struct model model;
    static struct story story;
    (void)state;
    scene_make_folder();
    scene_record();
    scene_thread();
    for (uint32_t place = 0; place < LOCKS; place++)
        init_lock(place);
    model.random = random_from(5);
    model.asked.items = calloc(KEYS, sizeof(struct key));
    story.told.items = calloc(KEYS, sizeof(struct key));
    assert_true(model.asked.items && story.told.items);
    run_program(&model);
    read_story(&story, recording_path());
    size_t repeated = model.asked.count;
    sort_keys(&model.asked);
    drop_repeated(&model.asked);
    sort_keys(&story.told);
    assert_int_equal(story.told.count, model.asked.count);
    assert_memory_equal(story.told.items, model.asked.items,
                        model.asked.count * sizeof(struct key));
    assert_true(model.asked.count > 1000);
    assert_true(repeated > model.asked.count * 11 / 10); /* some were seen again */
    free(model.asked.items);
    free(story.told.items);
    scene_remove_folder();
}

static __attribute__((noinline)) void acquire_plainly(pthread_mutex_t *mutex, uint32_t site)
{
    const struct manner locking = {TRACE_LOCK_MUTEX, 0};
    enum acquire_result requested = acquire_request(mutex, locking, SCENE_SITE(site));
    acquire_had(requested, mutex, locking, SCENE_SITE(site));
}

/* Freed by its holder, say: it is gone, and what the thread does next counts all the same. */
static void a_lock_that_ends_while_held_hides_nothing_after_it(void **state)
{
    static pthread_mutex_t mutexes[3];
    static struct story story;
    (void)state;
    scene_make_folder();
    recording_after_fork();
    scene_record();
    scene_thread();
    story.told.items = calloc(KEYS, sizeof(struct key));
    acquire_plainly(&mutexes[0], 0);
    thread_guard(thread_self, (uintptr_t)__builtin_frame_address(0));
    lock_table_retire(&mutexes[0]);
    thread_unguard(thread_self);
    acquire_plainly(&mutexes[1], 0);
    acquire_plainly(&mutexes[2], 1);
    assert_int_equal(thread_held_count(thread_self), 2);
    read_story(&story, recording_path());
    assert_int_equal(story.told.count, 1);
    assert_int_equal(story.told.items[0].count, 1);
    assert_int_equal(story.told.items[0].chain[0].lock, lock_table_find(&mutexes[1]));
    assert_int_equal(story.told.items[0].chain[1].lock, lock_table_find(&mutexes[2]));
    assert_true(acquire_release(&mutexes[2]) && acquire_release(&mutexes[1]));
    free(story.told.items);
    scene_remove_folder();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_chain_is_recorded_once_a_segment),
        cmocka_unit_test(a_lock_that_ends_while_held_hides_nothing_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
