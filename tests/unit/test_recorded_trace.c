/* The trace that a recording's events make: their order, what stands for more than one, and what is
 * left of damaged ones. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/schedule/recorded_trace.h"
#include "trace/event_pack.h"

enum { CHUNK = TRACE_PAGE, CHUNKS = 8, EVENTS = 64 };

/* A recording of one page's header and chunks of events. */
struct scene {
    struct arena arena;
    union {
        struct trace_header header;
        unsigned char bytes[(1 + CHUNKS) * CHUNK];
    } * file;
    size_t chunks, events; /* chunks there are; events in the last one */
    uint32_t wanted;       /* a lock's id */
    struct recorded_trace recorded;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    arena_init(&scene->arena, (size_t)1 << 28);
    scene->file = arena_alloc(&scene->arena, 1, sizeof *scene->file);
    memcpy(scene->file->header.magic, TRACE_MAGIC, sizeof scene->file->header.magic);
    scene->file->header.byte_order = TRACE_BYTE_ORDER;
    scene->file->header.version = TRACE_VERSION;
    scene->file->header.min_reader = TRACE_MIN_READER;
    scene->file->header.header_bytes = TRACE_PAGE;
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    arena_destroy(&scene->arena);
    free(scene);
    return 0;
}

static struct trace_chunk *last_chunk(struct scene *scene)
{
    return (struct trace_chunk *)(scene->file->bytes + scene->chunks * CHUNK);
}

static void begin_chunk(struct scene *scene)
{
    assert_true(scene->chunks < CHUNKS);
    scene->chunks++;
    scene->events = 0;
    *last_chunk(scene) = (struct trace_chunk){
        .magic = TRACE_CHUNK_MAGIC, .kind = TRACE_CHUNK_EVENTS, .bytes = CHUNK};
}

static struct trace_event *add(struct scene *scene, enum trace_event_kind kind, uint32_t object,
                               uint32_t sequence)
{
    struct trace_event *event = (struct trace_event *)(last_chunk(scene) + 1) + scene->events++;
    *event = (struct trace_event){
        .object = object, .sequence = sequence, .stack = sequence, .kind = (uint8_t)kind};
    return event;
}

/* A chunk that begins with the thread's piece. */
static void piece(struct scene *scene, uint32_t thread, uint32_t number)
{
    begin_chunk(scene);
    add(scene, TRACE_EVENT_PIECE, thread, number);
}

static struct trace_event *section(struct scene *scene, uint32_t lock, uint32_t number)
{
    struct trace_event *event = add(scene, TRACE_EVENT_SECTION, lock, number);
    event->span = 1;
    return event;
}

static const bool *want_lock(void *context, const struct recorded_trace *recorded)
{
    struct scene *scene = context;
    bool *wanted = arena_alloc(&scene->arena, recorded->trace.object_count, sizeof *wanted);
    for (uint32_t i = 0; i < recorded->trace.object_count; i++) {
        wanted[i] = recorded->objects[i] == scene->wanted;
    }
    return wanted;
}

static void make_up_to(struct scene *scene, size_t most_events)
{
    struct trace_reader reader;
    size_t size = (1 + scene->chunks) * CHUNK;
    scene->file->header.file_bytes = size;
    assert_int_equal(trace_reader_open(&reader, scene->file, size), TRACE_OK);
    recorded_trace_make(&scene->arena, &reader, most_events, want_lock, scene, &scene->recorded);
}

static void make(struct scene *scene)
{
    make_up_to(scene, SIZE_MAX);
}

/* The trace in a few letters: thread, what, object's id; "1R7 1A7 1r7". */
static const char *letters(struct scene *scene)
{
    static char text[EVENTS * 16];
    static const char kinds[] = "RArFwWSBPTeloCbEJ";
    const struct sync_trace *trace = &scene->recorded.trace;
    char *end = text;
    *end = '\0';
    assert_true(trace->event_count <= EVENTS);
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        end += sprintf(end, "%s%u%c%u", i ? " " : "", scene->recorded.threads[event->thread],
                       kinds[event->kind], scene->recorded.objects[event->object]);
    }
    return text;
}

static void assert_trace(struct scene *scene, const char *expected, size_t left_out)
{
    make(scene);
    assert_string_equal(letters(scene), expected);
    assert_int_equal(scene->recorded.left_out, left_out);
}

static void orders_threads_by_the_numbers_of_a_lock(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 3);
    piece(scene, 2, 1);
    section(scene, 7, 1);
    section(scene, 7, 5);
    assert_trace(scene, "2R7 2A7 2r7 1R7 1A7 1r7 2R7 2A7 2r7", 0);
}

static void one_event_gives_back_several_locks(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 7, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 8, 1);
    section(scene, 9, 1)->mode = 2 * TRACE_EVENT_ONE_RELEASE;
    section(scene, 7, 3);
    assert_trace(scene, "1R7 1A7 1R8 1A8 1R9 1A9 1r9 1r8 1r7 1R7 1A7 1r7", 0);
}

static void a_request_made_before_is_not_made_again(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_REQUEST, 7, 0);
    add(scene, TRACE_EVENT_ACQUIRE, 7, 1);
    add(scene, TRACE_EVENT_RELEASE, 7, 2);
    section(scene, 7, 3)->mode = TRACE_MODE_TRY;
    assert_trace(scene, "1R7 1A7 1r7 1A7 1r7", 0);
}

/* The handler's post has the later number and the earlier place. */
static void a_handler_between_a_number_and_its_place_is_put_behind(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_POST, 7, 1);
    section(scene, 9, 1);
    add(scene, TRACE_EVENT_POST, 7, 3);
    add(scene, TRACE_EVENT_POST, 8, 1);
    add(scene, TRACE_EVENT_POST, 7, 2);
    section(scene, 9, 3);
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_TAKE, 7, 4)->mode = TRACE_MODE_TRY;
    assert_trace(scene, "1P7 1R9 1A9 1r9 1P7 1P7 1P8 1R9 1A9 1r9 2T7", 0);
}

static void releases_with_an_interrupted_event_stay_behind_the_handler(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 9, 1);
    add(scene, TRACE_EVENT_POST, 7, 2);
    add(scene, TRACE_EVENT_POST, 7, 1)->mode = TRACE_EVENT_ONE_RELEASE;
    assert_trace(scene, "1R9 1A9 1P7 1P7 1r9", 0);
}

static void a_number_that_nobody_has_still_ends_the_thread(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_POST, 7, 1);
    add(scene, TRACE_EVENT_POST, 7, 3);
    add(scene, TRACE_EVENT_POST, 8, 1);
    assert_trace(scene, "1P7", 2);
}

static void a_failed_try_lies_where_the_lock_was_held(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_TRY_FAIL, 7, 1);
    piece(scene, 2, 1);
    section(scene, 7, 1);
    assert_trace(scene, "2R7 2A7 1F7 2r7", 0);
    assert_int_equal(scene->recorded.trace.events[2].mode & SYNC_HOLDER_SEEN, SYNC_HOLDER_SEEN);
}

static void a_try_that_saw_two_numbers_names_no_holder(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_TRY_FAIL, 7, 1)->span = 1;
    piece(scene, 2, 1);
    section(scene, 7, 1);
    make(scene);
    assert_int_equal(scene->recorded.trace.events[2].kind, SYNC_TRY_FAIL);
    assert_int_equal(scene->recorded.trace.events[2].mode & SYNC_HOLDER_SEEN, 0);
}

static void readers_come_between_the_writers_they_saw(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 2)->mode = TRACE_MODE_READ; /* gives the number 3 */
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 7, 2)->mode = TRACE_MODE_READ;
    add(scene, TRACE_EVENT_RELEASE, 7, 4)->mode = TRACE_MODE_READ;
    piece(scene, 3, 1);
    section(scene, 7, 5);
    section(scene, 7, 6)->mode = TRACE_MODE_READ; /* 7 */
    piece(scene, 4, 1);
    section(scene, 7, 1);
    assert_trace(scene, "4R7 4A7 4r7 2R7 2A7 1R7 1A7 1r7 2r7 3R7 3A7 3r7 3R7 3A7 3r7", 0);
}

static void a_try_against_readers_names_no_holder(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 0)->mode = TRACE_MODE_READ;
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_TRY_FAIL, 7, 0);
    assert_trace(scene, "1R7 1A7 2F7 1r7", 0);
    assert_int_equal(scene->recorded.trace.events[2].mode & SYNC_HOLDER_SEEN, 0);
}

static void a_semaphore_may_be_taken_and_posted_in_one_event(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_TAKE_POST, 7, 3)->span = (uint16_t)-2;
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 9, 1);
    add(scene, TRACE_EVENT_TAKE_POST, 7, 1)->mode = TRACE_EVENT_ONE_RELEASE;
    assert_trace(scene, "2R9 2A9 2R7 2T7 2P7 2r9 1R7 1T7 1P7", 0);
    const struct sync_event *events = scene->recorded.trace.events;
    assert_int_equal(events[7].site, events[8].site + 2);
    assert_int_equal(scene->recorded.trace.objects[events[7].object].kind, SYNC_SEMAPHORE);
}

static void a_thread_begins_when_created_and_ends_behind_its_last_event(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_BEGIN, 1, 0);
    section(scene, 7, 1);
    add(scene, TRACE_EVENT_CREATE, 2, 0);
    add(scene, TRACE_EVENT_JOIN_REQUEST, 2, 0);
    add(scene, TRACE_EVENT_JOIN, 2, 0);
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_BEGIN, 2, 0);
    add(scene, TRACE_EVENT_END, 2, 0);
    section(scene, 8, 1);
    assert_trace(scene, "1b1 1R7 1A7 1r7 1C2 1R2 2b2 2R8 2A8 2r8 2E2 1J2", 0);
}

static void waits_and_signals_keep_their_order(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 7, 1);
    add(scene, TRACE_EVENT_WAIT_BEGIN, 5, 1);
    add(scene, TRACE_EVENT_RELEASE, 7, 2)->mode = TRACE_MODE_WAIT;
    add(scene, TRACE_EVENT_WAIT_END, 5, 3);
    add(scene, TRACE_EVENT_ACQUIRE, 7, 5)->mode = TRACE_MODE_WAIT;
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 7, 3);
    add(scene, TRACE_EVENT_SIGNAL, 5, 2)->mode = TRACE_EVENT_ONE_RELEASE;
    assert_trace(scene, "1R7 1A7 1w5 1r7 2R7 2A7 2S5 2r7 1W5 1R7 1A7", 0);
    assert_int_equal(scene->recorded.trace.objects[scene->recorded.trace.events[2].object].kind,
                     SYNC_CONDITION);
}

static void objects_have_what_was_said_of_them(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    struct trace_event *semaphore = add(scene, TRACE_EVENT_OBJECT, 7, 3);
    semaphore->mode = TRACE_LOCK_SEMAPHORE;
    add(scene, TRACE_EVENT_TAKE, 7, 1);
    struct trace_event *rwlock = add(scene, TRACE_EVENT_OBJECT, 8, 0);
    rwlock->mode = TRACE_LOCK_RWLOCK;
    rwlock->span = TRACE_LOCK_WRITER_QUEUES;
    assert_trace(scene, "1R7 1T7", 0);
    assert_int_equal(scene->recorded.trace.objects[0].kind, SYNC_SEMAPHORE);
    assert_int_equal(scene->recorded.trace.objects[0].initial, 2);
    assert_int_equal(scene->recorded.trace.objects[1].kind, SYNC_WRITER_QUEUE);
    assert_int_equal(scene->recorded.trace.objects[1].initial, SYNC_UNKNOWN);
}

static void holds_what_it_held_before(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    add(scene, TRACE_EVENT_HELD, 7, 41);
    section(scene, 8, 12)->mode = TRACE_EVENT_ONE_RELEASE;
    piece(scene, 2, 1);
    section(scene, 7, 43);
    assert_trace(scene, "1A7 1R8 1A8 1r8 1r7 2R7 2A7 2r7", 0);
}

static void stops_where_a_number_is_missing(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    section(scene, 8, 1);
    section(scene, 7, 5); /* 3 and 4 are lost */
    section(scene, 8, 3);
    piece(scene, 2, 1);
    section(scene, 9, 1);
    section(scene, 8, 5);
    assert_trace(scene, "1R7 1A7 1r7 1R8 1A8 1r8 2R9 2A9 2r9", 3);
}

static void a_piece_found_twice_counts_once(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    piece(scene, 1, 1);
    section(scene, 7, 1);
    section(scene, 7, 3);
    piece(scene, 1, 2);
    section(scene, 7, 5);
    assert_trace(scene, "1R7 1A7 1r7 1R7 1A7 1r7 1R7 1A7 1r7", 0);
}

static void a_void_chunk_is_not_read(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    piece(scene, 1, 2);
    last_chunk(scene)->state = TRACE_EVENTS_VOID;
    section(scene, 7, 3);
    assert_trace(scene, "1R7 1A7 1r7", 0);
}

/* The last chunk's events, packed into a chunk of their own. */
static void pack(struct scene *scene)
{
    static struct event_model model;
    struct trace_chunk *raw = last_chunk(scene);
    size_t count = scene->events;
    begin_chunk(scene);
    struct trace_packed *block = (struct trace_packed *)(last_chunk(scene) + 1);
    last_chunk(scene)->state = TRACE_EVENTS_PACKED;
    assert_true(EVENT_PACK_BYTES(count) < CHUNK);
    event_pack(&model, (struct trace_event *)(raw + 1), count, block);
}

static void packed_events_count_once(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    section(scene, 7, 3);
    pack(scene); /* killed before the other was void */
    piece(scene, 1, 2);
    section(scene, 7, 5);
    struct trace_chunk *raw = last_chunk(scene);
    pack(scene);
    raw->state = TRACE_EVENTS_VOID;
    assert_trace(scene, "1R7 1A7 1r7 1R7 1A7 1r7 1R7 1A7 1r7", 0);
}

static void a_block_that_does_not_fit_ends_its_chunk(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    struct trace_chunk *raw = last_chunk(scene);
    pack(scene);
    raw->state = TRACE_EVENTS_VOID;
    struct trace_packed *block = (struct trace_packed *)(last_chunk(scene) + 1);
    struct trace_packed *next = (struct trace_packed *)((char *)block + block->bytes);
    next->bytes = CHUNK;
    assert_trace(scene, "1R7 1A7 1r7", 0);
    next->bytes = 12;
    assert_trace(scene, "1R7 1A7 1r7", 0);
    block->count = TRACE_PACKED_EVENTS + 1;
    assert_trace(scene, "", 0);
}

static void what_follows_a_missing_piece_is_left_out(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    piece(scene, 1, 3);
    section(scene, 7, 3);
    assert_trace(scene, "1R7 1A7 1r7", 1);
}

static void places_that_were_not_written_are_passed_over(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    scene->events++;
    section(scene, 7, 1);
    add(scene, 200, 7, 9); /* of a newer writer */
    section(scene, 7, 3);
    assert_trace(scene, "1R7 1A7 1r7 1R7 1A7 1r7", 0);
}

static void a_chunk_may_have_pieces_of_several_threads(void **state)
{
    struct scene *scene = *state;
    piece(scene, 2, 1);
    section(scene, 7, 3);
    add(scene, TRACE_EVENT_PIECE, 1, 1);
    section(scene, 7, 1);
    assert_trace(scene, "1R7 1A7 1r7 2R7 2A7 2r7", 0);
}

static void contradictions_end_a_thread_and_nothing_else(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1)->mode = TRACE_EVENT_ONE_RELEASE; /* of nothing */
    section(scene, 8, 1);
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_JOIN, 2, 0); /* itself */
    piece(scene, 3, 1);
    add(scene, TRACE_EVENT_CREATE, 3, 0);
    piece(scene, 4, 1);
    section(scene, 9, 1);
    assert_trace(scene, "1R7 1A7 1r7 4R9 4A9 4r9", 4);
}

/* Two threads use 7 and 8, the second one 9 too, inside 8; 7 is used inside 9. */
static void make_nested(struct scene *scene)
{
    piece(scene, 1, 1);
    section(scene, 7, 1);
    section(scene, 8, 1);
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_ACQUIRE, 8, 3);
    add(scene, TRACE_EVENT_ACQUIRE, 9, 1);
    section(scene, 7, 3);
    add(scene, TRACE_EVENT_RELEASE, 9, 2);
    add(scene, TRACE_EVENT_RELEASE, 8, 4);
}

static void a_long_trace_keeps_the_lock_that_is_wanted(void **state)
{
    struct scene *scene = *state;
    make_nested(scene);
    scene->wanted = 8;
    make_up_to(scene, 1);
    assert_string_equal(letters(scene), "1R8 1A8 1r8 2R8 2A8 2r8");
    assert_true(scene->recorded.drops_shared);
}

/* 9 is used by one thread, whatever lies inside. */
static void a_long_trace_keeps_what_the_wanted_lock_lies_in(void **state)
{
    struct scene *scene = *state;
    make_nested(scene);
    scene->wanted = 7;
    make_up_to(scene, 1);
    assert_string_equal(letters(scene), "1R7 1A7 1r7 1R8 1A8 1r8 2R8 2A8 2R7 2A7 2r7 2r8");
    assert_false(scene->recorded.drops_shared);
    assert_int_equal(scene->recorded.left_out, 0);
}

static void a_long_trace_keeps_all_but_locks(void **state)
{
    struct scene *scene = *state;
    piece(scene, 1, 1);
    section(scene, 7, 1);
    add(scene, TRACE_EVENT_CREATE, 2, 0);
    add(scene, TRACE_EVENT_ACQUIRE, 8, 1);
    add(scene, TRACE_EVENT_POST, 11, 1);
    add(scene, TRACE_EVENT_RELEASE, 8, 2);
    add(scene, TRACE_EVENT_TRY_FAIL, 9, 0);
    piece(scene, 2, 1);
    add(scene, TRACE_EVENT_BEGIN, 2, 0);
    section(scene, 7, 3);
    section(scene, 8, 3);
    add(scene, TRACE_EVENT_END, 2, 0);
    make_up_to(scene, 1);
    assert_string_equal(letters(scene), "1C2 1R8 1A8 1P11 1r8 1F9 2b2 2R8 2A8 2r8 2E2");
}

/* Any bytes at all: it comes to an end, and what comes out lies inside its bounds. */
static void survives_random_bytes(void **state)
{
    struct scene *scene = *state;
    unsigned seed = 1;
    for (int round = 0; round < 300; round++) {
        scene->chunks = 0;
        while (scene->chunks < CHUNKS) {
            piece(scene, (uint32_t)(rand_r(&seed) % 4), (uint32_t)(rand_r(&seed) % 3));
            for (int i = 0; i < 200; i++) {
                struct trace_event *event =
                    add(scene, rand_r(&seed) % 27, rand_r(&seed) % 4, rand_r(&seed) % 40);
                event->mode = (uint8_t)rand_r(&seed);
                event->span = (uint16_t)(rand_r(&seed) % 3);
            }
        }
        make(scene);
        const struct sync_trace *trace = &scene->recorded.trace;
        for (size_t i = 0; i < trace->event_count; i++) {
            assert_true(trace->events[i].thread < trace->thread_count);
            assert_true(trace->events[i].object < trace->object_count);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(orders_threads_by_the_numbers_of_a_lock),
        CASE(one_event_gives_back_several_locks),
        CASE(a_request_made_before_is_not_made_again),
        CASE(a_handler_between_a_number_and_its_place_is_put_behind),
        CASE(releases_with_an_interrupted_event_stay_behind_the_handler),
        CASE(a_number_that_nobody_has_still_ends_the_thread),
        CASE(a_failed_try_lies_where_the_lock_was_held),
        CASE(a_try_that_saw_two_numbers_names_no_holder),
        CASE(readers_come_between_the_writers_they_saw),
        CASE(a_try_against_readers_names_no_holder),
        CASE(a_semaphore_may_be_taken_and_posted_in_one_event),
        CASE(a_thread_begins_when_created_and_ends_behind_its_last_event),
        CASE(waits_and_signals_keep_their_order),
        CASE(objects_have_what_was_said_of_them),
        CASE(holds_what_it_held_before),
        CASE(stops_where_a_number_is_missing),
        CASE(a_piece_found_twice_counts_once),
        CASE(a_void_chunk_is_not_read),
        CASE(packed_events_count_once),
        CASE(a_block_that_does_not_fit_ends_its_chunk),
        CASE(what_follows_a_missing_piece_is_left_out),
        CASE(places_that_were_not_written_are_passed_over),
        CASE(a_chunk_may_have_pieces_of_several_threads),
        CASE(contradictions_end_a_thread_and_nothing_else),
        CASE(a_long_trace_keeps_the_lock_that_is_wanted),
        CASE(a_long_trace_keeps_what_the_wanted_lock_lies_in),
        CASE(a_long_trace_keeps_all_but_locks),
        CASE(survives_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
