/* Lock-free readers beside a writer: an id they get is the id of that address at some time, and
 * never an older one than they had before. */
#include "tests/unit/shim/random.h"

#include <pthread.h>
#include <stdatomic.h>

#include "shim/core/lock_table.h"

enum { PLACES = 3000, INSTANCES = 400000, READERS = 3 };

static char objects[PLACES][40];
static atomic_uint place_of[INSTANCES + 1]; /* by id; written before the id exists */
static atomic_bool finished;
static pthread_barrier_t start;

struct reader {
    pthread_t thread;
    struct random random;
    uint32_t seen[PLACES];
    uint64_t hits, wrong, went_back;
};

static void look(struct reader *reader, uint32_t place)
{
    bool first = random_once_in(&reader->random, 2);
    uint32_t id = first ? lock_table_find_first(objects[place]) : lock_table_find(objects[place]);
    if (!id)
        return;
    reader->hits++;
    reader->wrong += id > INSTANCES || atomic_load(&place_of[id]) != place;
    reader->went_back += id < reader->seen[place];
    reader->seen[place] = id;
}

static void *read_until_finished(void *argument)
{
    struct reader *reader = argument;
    pthread_barrier_wait(&start);
    do
        for (int i = 0; i < 1000; i++)
            look(reader, random_below(&reader->random, PLACES));
    while (!atomic_load(&finished));
    return NULL;
}

/* Fills and empties the table in turns, so that it grows and its gaps are closed under the readers'
 * eyes. */
static void write_all(void)
{
    struct random random = random_from(7);
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX};
    for (uint32_t id = 1; id <= INSTANCES;) {
        uint32_t place = random_below(&random, 1 + (id < PLACES ? id : PLACES - 1));
        if (random_below(&random, 100) < (id / 20000 % 2 ? 60u : 30u)) {
            lock_table_retire(objects[place]);
            continue;
        }
        atomic_store(&place_of[id], place);
        lock_table_create(objects[place], &birth);
        id++;
    }
}

static void an_id_belongs_to_the_address_it_is_found_at(void **state)
{
    static struct reader readers[READERS];
    (void)state;
    pthread_barrier_init(&start, NULL, READERS + 1);
    for (uint32_t i = 0; i < READERS; i++) {
        readers[i].random = random_from(i + 1);
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_until_finished, &readers[i]),
                         0);
    }
    pthread_barrier_wait(&start);
    write_all();
    atomic_store(&finished, true);
    for (uint32_t i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_true(readers[i].hits > 0);
        assert_int_equal(readers[i].wrong, 0);
        assert_int_equal(readers[i].went_back, 0);
    }
    pthread_barrier_destroy(&start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_belongs_to_the_address_it_is_found_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
