/* Whatever bytes a recording has, loading and analysing it ends, soon, without touching memory
 * that is not its own (the asan and ubsan presets run this), and says so if it could not read it.
 * UNKNOT_TEST_SEED changes the damage. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "analyzer/model/joined_execution.h"
#include "tests/support/analyzed.h"

/* No single file may take longer, sanitizers and a busy machine included. */
enum { SECONDS_EACH = 20 };

struct scene {
    char path[32];
    unsigned char *valid; /* a copy of the bytes of a good recording */
    size_t size;
    unsigned seed;
};

/* A recording with at least one record of every kind, two findings and a dismissed cycle. */
static struct recording_builder *build_valid(void)
{
    struct recording_builder *rec = recording_builder_create();
    uint32_t locks[6];

    recording_process(rec, "/usr/bin/prog", "/tmp", 2, (const char *const[]){"prog", "arg"});
    recording_module(rec, "/usr/bin/prog", 0x400000, 0x500000, 0x400000);
    recording_at(rec, recording_stack(rec, 3, (const trace_code_t[]){TRACE_CODE(1, 9), 2, 3}));
    uint32_t first = recording_thread(rec, "main");
    for (size_t i = 0; i < 4; i++)
        locks[i] = recording_mutex(rec);
    locks[4] = recording_rwlock(rec, TRACE_LOCK_WRITER_QUEUES);
    locks[5] = recording_lock(rec, (struct trace_lock){.kind = TRACE_LOCK_SPIN,
                                                       .init_stack = 1,
                                                       .location = TRACE_CODE(1, 77)});
    uint32_t one = recording_create(rec, first, "one");
    recording_end_chunk(rec);
    uint32_t two = recording_create(rec, first, "two");
    RECORDING_NEST(rec, one, locks[0], locks[1], locks[2]);
    RECORDING_NEST(rec, two, locks[1], locks[0]);
    RECORDING_NEST(rec, two, locks[5], locks[4]);
    RECORDING_NEST(rec, one, locks[4], locks[5]);
    RECORDING_NEST(rec, one, locks[3], locks[2]);
    RECORDING_NEST(rec, one, locks[2], locks[3]);
    recording_mark(rec, locks[3], 2);
    recording_mapping(rec, locks[0], (struct trace_lock_mapping){.inode = 5, .offset = 8});
    recording_mapping(rec, locks[5], (struct trace_lock_mapping){.inode = 5, .time_ns = 1});
    recording_fork(rec, first, recording_header(rec)->pid);
    recording_acquire(rec, two, locks[0], 0);
    recording_live(rec, two, locks[1]);
    recording_join(rec, first, one);
    recording_note(rec, "a note");
    return rec;
}

static int set_up(void **state)
{
    static struct scene scene;
    const char *seed = getenv("UNKNOT_TEST_SEED");
    struct recording_builder *rec = build_valid();

    scene = (struct scene){.path = "/tmp/unknot-test-XXXXXX"};
    scene.seed = seed ? (unsigned)strtoul(seed, NULL, 0) : 1;
    int file = mkstemp(scene.path);
    if (file < 0)
        return -1;
    close(file);
    const unsigned char *bytes = recording_bytes(rec, &scene.size);
    scene.valid = malloc(scene.size);
    if (!scene.valid)
        return -1;
    memcpy(scene.valid, bytes, scene.size);
    recording_builder_free(rec);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    unlink(scene->path);
    free(scene->valid);
    return 0;
}

/* What reading these bytes came to. */
struct outcome {
    enum trace_status status;
    enum trace_status end;
    size_t findings;
    bool complete;
};

/* As two processes that share all their shared locks would be. */
static void join_and_analyze(struct arena *arena, const struct execution *execution)
{
    const struct execution *twice[] = {execution, execution};
    struct shared_locks shared;
    struct execution joined;
    struct analysis analysis;

    shared_locks_find(arena, twice, 2, &shared);
    joined_execution_make(arena, twice, 2, &shared, 0, &joined);
    lock_order_analyze(arena, &joined, &(struct lock_order_options){.search_limit = 10000},
                       &analysis);
}

static struct outcome read_and_analyze(struct scene *scene, const void *data, size_t size)
{
    struct outcome outcome = {0};
    struct arena arena;
    struct execution execution;
    struct analysis analysis;
    struct timespec start, end;
    const char *error = NULL;

    recording_write_bytes(scene->path, data, size);
    arena_init(&arena, (size_t)1 << 30);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    outcome.status = execution_load(&arena, scene->path, &execution, &error);
    if (outcome.status == TRACE_OK) {
        lock_order_analyze(
            &arena, &execution,
            &(struct lock_order_options){.keep_dismissed = true, .class_order = true}, &analysis);
        join_and_analyze(&arena, &execution);
        outcome.findings = analysis.finding_count;
        outcome.end = execution.end;
        outcome.complete = execution.complete;
    } else {
        assert_non_null(error);
        assert_null(strchr(error, '\n'));
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    assert_true(end.tv_sec - start.tv_sec < SECONDS_EACH);
    arena_destroy(&arena);
    return outcome;
}

static void the_valid_one_is_complete_and_has_two_findings(void **state)
{
    struct scene *s = *state;
    struct outcome outcome = read_and_analyze(s, s->valid, s->size);

    assert_int_equal(outcome.status, TRACE_OK);
    assert_true(outcome.complete);
    assert_int_equal(outcome.findings, 2);
}

static void every_truncation_is_noticed(void **state)
{
    struct scene *s = *state;
    for (size_t size = 0; size < s->size; size += size < 512 || size >= TRACE_PAGE ? 4 : 64) {
        struct outcome outcome = read_and_analyze(s, s->valid, size);
        assert_false(outcome.complete);
        if (size < sizeof(struct trace_header))
            assert_int_equal(outcome.status, size == 0 ? TRACE_EMPTY : TRACE_NOT_A_RECORDING);
        else
            assert_int_equal(outcome.end, TRACE_TORN);
    }
}

static void truncation_keeps_what_came_before(void **state)
{
    struct scene *s = *state;
    struct outcome outcome = read_and_analyze(s, s->valid, s->size - TRACE_PAGE);

    assert_int_equal(outcome.status, TRACE_OK);
    assert_int_equal(outcome.findings, 2);
}

static void random_bytes_are_refused(void **state)
{
    struct scene *s = *state;
    unsigned char bytes[3 * TRACE_PAGE];

    for (size_t i = 0; i < 200; i++) {
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (unsigned char)rand_r(&s->seed);
        assert_int_equal(read_and_analyze(s, bytes, sizeof bytes).status, TRACE_NOT_A_RECORDING);
    }
}

static void random_bytes_after_a_good_header_do_no_harm(void **state)
{
    struct scene *s = *state;
    for (size_t i = 0; i < 500; i++) {
        unsigned char *bytes = malloc(s->size);
        assert_non_null(bytes);
        memcpy(bytes, s->valid, s->size);
        /* Keep the chunk header too in half of them, to get as far as the records. */
        size_t from = TRACE_PAGE + (i % 2 == 0 ? 0 : sizeof(struct trace_chunk));
        for (size_t j = from; j < s->size; j++)
            bytes[j] = (unsigned char)rand_r(&s->seed);
        assert_false(read_and_analyze(s, bytes, s->size).complete);
        free(bytes);
    }
}

static void random_bit_flips_do_no_harm(void **state)
{
    struct scene *s = *state;
    unsigned char *bytes = malloc(s->size);
    assert_non_null(bytes);

    for (size_t i = 0; i < 4000; i++) {
        memcpy(bytes, s->valid, s->size);
        for (int flips = rand_r(&s->seed) % 8 + 1; flips > 0; flips--)
            bytes[(size_t)rand_r(&s->seed) % s->size] ^=
                (unsigned char)(1u << rand_r(&s->seed) % 8);
        (void)read_and_analyze(s, bytes, s->size);
    }
    free(bytes);
}

static void absurd_words_anywhere_do_no_harm(void **state)
{
    static const uint32_t absurd[] = {0, 1, 7, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
    struct scene *s = *state;
    unsigned char *bytes = malloc(s->size);
    assert_non_null(bytes);

    for (size_t at = 0; at + 4 <= s->size; at += 4) {
        uint32_t old;
        memcpy(&old, s->valid + at, sizeof old);
        /* A word of zeros lies in unused space, but for a few at the front of each page. */
        if (old == 0 && at % TRACE_PAGE > 256)
            continue;
        for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
            memcpy(bytes, s->valid, s->size);
            memcpy(bytes + at, &absurd[i], sizeof absurd[i]);
            (void)read_and_analyze(s, bytes, s->size);
        }
    }
    free(bytes);
}

/* Writes what was built so far and checks that it is read to some end. */
static struct outcome read_built(struct scene *s, struct recording_builder *rec)
{
    size_t size;
    const unsigned char *data = recording_bytes(rec, &size);
    struct outcome outcome = read_and_analyze(s, data, size);
    recording_builder_free(rec);
    return outcome;
}

static void put_thread(struct recording_builder *rec, uint32_t id, uint32_t parent)
{
    const struct trace_thread thread = {
        .id = id, .parent = parent, .parent_segment = UINT32_MAX, .created_stack = UINT32_MAX};
    recording_raw(rec, TRACE_THREAD, (const char *)&thread + 8, sizeof thread - 8);
}

static void put_segment(struct recording_builder *rec, uint32_t thread, uint32_t segment,
                        uint32_t cause, uint32_t other)
{
    const struct trace_segment record = {
        .thread = thread, .segment = segment, .cause = cause, .other = other};
    recording_raw(rec, TRACE_SEGMENT, (const char *)&record + 8, sizeof record - 8);
}

static void threads_that_refer_to_themselves_and_in_circles(void **state)
{
    struct recording_builder *rec = recording_builder_create();
    put_thread(rec, 1, 1);
    put_thread(rec, 2, 3);
    put_thread(rec, 3, 2);
    put_thread(rec, UINT32_MAX, UINT32_MAX - 1);
    for (uint32_t i = 0; i < 1000; i++) {
        put_segment(rec, i % 4, UINT32_MAX - i, i % 6, (i * 7) % 5);
        put_segment(rec, UINT32_MAX, i, TRACE_SEGMENT_JOIN, UINT32_MAX);
    }
    assert_int_equal(read_built(*state, rec).status, TRACE_OK);
}

static void many_threads_that_all_join_each_other(void **state)
{
    enum { THREADS = 2000, JOINS = 60000 };
    struct scene *s = *state;
    struct recording_builder *rec = recording_builder_create();
    for (uint32_t i = 1; i <= THREADS; i++)
        put_thread(rec, i, (uint32_t)rand_r(&s->seed) % THREADS + 1);
    for (uint32_t i = 0; i < JOINS; i++)
        put_segment(rec, (uint32_t)rand_r(&s->seed) % THREADS + 1, i, TRACE_SEGMENT_JOIN,
                    (uint32_t)rand_r(&s->seed) % THREADS + 1);
    assert_int_equal(read_built(s, rec).status, TRACE_OK);
}

static void a_lock_held_and_requested_many_times_over(void **state)
{
    enum { HELD = 5000 };
    static struct trace_dependency_held held[HELD];
    struct recording_builder *rec = recording_builder_create();
    uint32_t thread = recording_thread(rec, NULL), lock = recording_mutex(rec);
    for (size_t i = 0; i < HELD; i++)
        held[i] = (struct trace_dependency_held){.lock = lock, .mode = (uint32_t)i};
    for (uint32_t mode = 0; mode < 64; mode++) {
        const struct trace_dependency dependency = {
            .thread = thread, .lock = lock, .mode = mode, .held_count = HELD};
        recording_dependency(rec, &dependency, held);
    }
    assert_int_equal(read_built(*state, rec).findings, 0);
}

/* Exponentially many cycles: the search must give up, and the analysis end. */
static void every_lock_held_while_every_other_is_requested(void **state)
{
    enum { LOCKS = 120 };
    struct recording_builder *rec = recording_builder_create();
    uint32_t locks[LOCKS];
    for (size_t i = 0; i < LOCKS; i++)
        locks[i] = recording_mutex(rec);
    for (size_t i = 0; i < LOCKS; i++) {
        uint32_t thread = recording_thread(rec, NULL);
        for (size_t j = 0; j < LOCKS; j++) {
            if (i != j)
                RECORDING_NEST(rec, thread, locks[i], locks[j]);
        }
    }
    assert_true(read_built(*state, rec).findings > 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_valid_one_is_complete_and_has_two_findings),
        CASE(every_truncation_is_noticed),
        CASE(truncation_keeps_what_came_before),
        CASE(random_bytes_are_refused),
        CASE(random_bytes_after_a_good_header_do_no_harm),
        CASE(random_bit_flips_do_no_harm),
        CASE(absurd_words_anywhere_do_no_harm),
        CASE(threads_that_refer_to_themselves_and_in_circles),
        CASE(many_threads_that_all_join_each_other),
        CASE(a_lock_held_and_requested_many_times_over),
        CASE(every_lock_held_while_every_other_is_requested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
