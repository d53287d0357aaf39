#include "analyzer/predict/request.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/table.h"

/* The key of a request, as hashed: no padding. */
struct request_key {
    uint32_t lock, mode;
    struct held_lock held[];
};

struct request_entry {
    struct request_key *key;
    size_t position; /* in the list of requests */
    UT_hash_handle hh;
};

/* One recorded dependency of a request, before the ones of the same segment become one. */
struct sighting {
    size_t request;
    uint32_t thread, segment;
    size_t dependency;
};

struct collector {
    struct arena *arena;
    struct request_set *set;
    struct request_entry *table;
    struct held_lock *scratch; /* room for the longest held list */
    ARRAY(struct request) requests;
    ARRAY(struct sighting) sightings;
};

static uint32_t lock_position(const struct execution *execution, uint32_t id)
{
    return (uint32_t)(execution_find_lock(execution, id) - execution->locks);
}

static bool is_excluded(const struct execution *execution, uint32_t lock)
{
    const struct lock *one = &execution->locks[lock];

    if ((one->marks & (TRACE_MARK_OTHER_THREAD | TRACE_MARK_SIGNAL)) != 0)
        return true;
    return one->kind == TRACE_LOCK_SEMAPHORE && (one->marks & TRACE_MARK_PROVED) == 0;
}

static void note_writer(struct request_set *set, uint32_t lock, uint32_t thread)
{
    uint32_t *threads = set->writers[lock].threads;

    for (size_t i = 0; i < 3; i++) {
        if (threads[i] == thread)
            return;
        if (threads[i] == REQUEST_NO_THREAD) {
            threads[i] = thread;
            return;
        }
    }
}

static int compare_held(const void *left, const void *right)
{
    const struct held_lock *a = left, *b = right;

    if (a->lock != b->lock)
        return a->lock < b->lock ? -1 : 1;
    return (int)a->read - (int)b->read;
}

/* The held locks of a dependency as a sorted set in collector->scratch; a lock that is held both
 * ways counts as held for writing. */
static uint32_t held_set(struct collector *collector, const struct dependency *dependency,
                         uint32_t thread)
{
    const struct execution *execution = collector->set->execution;
    struct held_lock *held = collector->scratch;
    uint32_t count = 0, kept = 0;

    for (uint32_t i = 0; i < dependency->held_count; i++) {
        uint32_t lock = lock_position(execution, dependency->held[i].lock);
        uint32_t read = (dependency->held[i].mode & TRACE_MODE_READ) != 0;
        if (!read)
            note_writer(collector->set, lock, thread);
        if (!is_excluded(execution, lock))
            held[count++] = (struct held_lock){lock, read};
    }
    qsort(held, count, sizeof *held, compare_held);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || held[kept - 1].lock != held[i].lock)
            held[kept++] = held[i];
    }
    return kept;
}

static bool holds(const struct held_lock *held, uint32_t count, uint32_t lock)
{
    for (uint32_t i = 0; i < count; i++) {
        if (held[i].lock == lock)
            return true;
    }
    return false;
}

/* The request with this key, made if it is new. */
static size_t intern_request(struct collector *collector, uint32_t lock, uint32_t mode,
                             uint32_t held_count)
{
    struct arena *arena = collector->arena;
    size_t held_bytes = held_count * sizeof(struct held_lock);
    size_t key_bytes = sizeof(struct request_key) + held_bytes;
    struct request_key *key = (struct request_key *)collector->scratch - 1;
    struct request_entry *entry;

    *key = (struct request_key){.lock = lock, .mode = mode};
    HASH_FIND(hh, collector->table, key, key_bytes, entry);
    if (entry)
        return entry->position;

    entry = arena_alloc(arena, 1, sizeof *entry);
    entry->key = arena_alloc(arena, 1, key_bytes);
    memcpy(entry->key, key, key_bytes);
    entry->position = collector->requests.count;
    HASH_ADD_KEYPTR(hh, collector->table, entry->key, key_bytes, entry);
    *array_add(arena, &collector->requests) = (struct request){
        .lock = lock, .mode = mode, .held_count = held_count, .held = entry->key->held};
    return entry->position;
}

static void collect_dependency(struct collector *collector, size_t index)
{
    const struct execution *execution = collector->set->execution;
    const struct dependency *dependency = &execution->dependencies[index];
    const struct thread *thread = execution_find_thread(execution, dependency->thread);
    uint32_t thread_position = (uint32_t)(thread - execution->threads);
    uint32_t lock = lock_position(execution, dependency->lock);
    uint32_t mode = dependency->mode & (TRACE_MODE_READ | TRACE_MODE_TRY | TRACE_MODE_TIMED);
    uint32_t held_count = held_set(collector, dependency, thread_position);

    if ((mode & TRACE_MODE_READ) == 0)
        note_writer(collector->set, lock, thread_position);
    /* A thread that requests what it holds waits for itself or not at all: no matter of order. */
    if (is_excluded(execution, lock) || held_count == 0 ||
        holds(collector->scratch, held_count, lock))
        return;
    size_t request = intern_request(collector, lock, mode, held_count);
    collector->requests.items[request].dependency_count++;
    *array_add(collector->arena, &collector->sightings) =
        (struct sighting){request, thread_position, dependency->segment, index};
}

static int compare_numbers(uint64_t left, uint64_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_by_segment(const void *left, const void *right)
{
    const struct sighting *a = left, *b = right;
    int order = compare_numbers(a->request, b->request);

    if (order == 0)
        order = compare_numbers(a->thread, b->thread);
    if (order == 0)
        order = compare_numbers(a->segment, b->segment);
    return order != 0 ? order : compare_numbers(a->dependency, b->dependency);
}

static int compare_by_record(const void *left, const void *right)
{
    const struct sighting *a = left, *b = right;
    int order = compare_numbers(a->request, b->request);

    return order != 0 ? order : compare_numbers(a->dependency, b->dependency);
}

/* Keeps the first sighting of each request in each thread's segment. Returns how many. */
static size_t unique_sightings(struct sighting *sightings, size_t count)
{
    size_t kept = 0;

    qsort(sightings, count, sizeof *sightings, compare_by_segment);
    for (size_t i = 0; i < count; i++) {
        const struct sighting *last = kept == 0 ? NULL : &sightings[kept - 1];
        if (!last || last->request != sightings[i].request || last->thread != sightings[i].thread ||
            last->segment != sightings[i].segment)
            sightings[kept++] = sightings[i];
    }
    qsort(sightings, kept, sizeof *sightings, compare_by_record);
    return kept;
}

static void attach_occurrences(struct collector *collector)
{
    struct sighting *sightings = collector->sightings.items;
    const struct execution *execution = collector->set->execution;
    size_t count = collector->sightings.count;

    if (count == 0)
        return;
    count = unique_sightings(sightings, count);
    struct occurrence *occurrences = arena_alloc(collector->arena, count, sizeof *occurrences);
    for (size_t i = 0; i < count; i++) {
        struct request *request = &collector->requests.items[sightings[i].request];
        occurrences[i] = (struct occurrence){sightings[i].thread, sightings[i].segment,
                                             &execution->dependencies[sightings[i].dependency]};
        if (request->occurrence_count++ == 0)
            request->occurrences = &occurrences[i];
    }
    collector->set->occurrence_count = count;
}

static void prepare_locks(struct arena *arena, struct request_set *set)
{
    const struct execution *execution = set->execution;

    set->writers = arena_alloc(arena, execution->lock_count, sizeof *set->writers);
    for (size_t i = 0; i < execution->lock_count; i++) {
        for (size_t j = 0; j < 3; j++)
            set->writers[i].threads[j] = REQUEST_NO_THREAD;
        set->excluded_locks += (execution->locks[i].marks & TRACE_MARK_OTHER_THREAD) != 0;
    }
}

void request_set_collect(struct arena *arena, const struct execution *execution,
                         struct request_set *set)
{
    struct collector collector = {.arena = arena, .set = set};
    size_t longest = 0;

    *set = (struct request_set){.execution = execution};
    prepare_locks(arena, set);
    for (size_t i = 0; i < execution->dependency_count; i++) {
        if (execution->dependencies[i].held_count > longest)
            longest = execution->dependencies[i].held_count;
    }
    /* One entry in front, where a key's fixed part goes. */
    _Static_assert(sizeof(struct request_key) == sizeof(struct held_lock), "key before held[]");
    collector.scratch = arena_alloc(arena, longest + 1, sizeof *collector.scratch);
    collector.scratch++;
    for (size_t i = 0; i < execution->dependency_count; i++)
        collect_dependency(&collector, i);
    attach_occurrences(&collector);
    set->requests = collector.requests.items;
    set->request_count = collector.requests.count;
}

size_t request_hold_index(const struct request_set *set, const struct dependency *witness,
                          uint32_t lock)
{
    size_t i = 0;

    while (i + 1 < witness->held_count && witness->held[i].lock != set->execution->locks[lock].id)
        i++;
    return i;
}
