/* The reader of recordings: what it hands out, where it stops, and what it makes of damage. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "tests/support/recording_builder.h"
#include "trace/reader.h"

static int set_up(void **state)
{
    *state = recording_builder_create();
    return 0;
}

static int tear_down(void **state)
{
    recording_builder_free(*state);
    return 0;
}

/* Reads to the end; returns how it ended, and how many records came. */
static enum trace_status read_bytes(const void *data, size_t size, size_t *count, size_t *torn_at)
{
    struct trace_reader reader;
    const struct trace_record *record;
    enum trace_status status = trace_reader_open(&reader, data, size);

    *count = 0;
    if (status != TRACE_OK)
        return status;
    while ((status = trace_reader_next(&reader, &record)) == TRACE_OK)
        (*count)++;
    *torn_at = reader.torn_at;
    return status;
}

static void assert_read(struct recording_builder *rec, enum trace_status expected, size_t records)
{
    size_t size, count, torn_at;
    const unsigned char *data = recording_bytes(rec, &size);

    assert_int_equal(read_bytes(data, size, &count, &torn_at), expected);
    assert_int_equal(count, records);
}

static void reads_all_kinds_in_order(void **state)
{
    struct recording_builder *rec = *state;
    recording_process(rec, "/bin/x", "/", 1, (const char *const[]){"x"});
    recording_module(rec, "/bin/x", 0x400000, 0x500000, 0x400000);
    recording_stack(rec, 2, (const trace_code_t[]){1, 2});
    uint32_t thread = recording_thread(rec, "t");
    recording_create(rec, thread, NULL);
    recording_mutex(rec);
    recording_note(rec, "hello");
    /* process, module, stack, thread, name, thread, segment, lock, note */
    assert_read(rec, TRACE_END, 9);
}

static void stays_at_the_end(void **state)
{
    struct trace_reader reader;
    const struct trace_record *record;
    size_t size;
    recording_note(*state, "n");
    const unsigned char *data = recording_bytes(*state, &size);

    assert_int_equal(trace_reader_open(&reader, data, size), TRACE_OK);
    assert_int_equal(trace_reader_next(&reader, &record), TRACE_OK);
    assert_int_equal(record->kind, TRACE_NOTE);
    assert_int_equal(trace_reader_next(&reader, &record), TRACE_END);
    assert_int_equal(trace_reader_next(&reader, &record), TRACE_END);
}

static void goes_on_in_the_next_chunk(void **state)
{
    recording_note(*state, "one");
    recording_end_chunk(*state);
    recording_note(*state, "two");
    assert_read(*state, TRACE_END, 2);
}

static void skips_kinds_it_does_not_know(void **state)
{
    recording_raw(*state, 4711, "later", 5);
    recording_note(*state, "known");
    assert_read(*state, TRACE_END, 1);
}

static void skips_a_record_without_its_kind(void **state)
{
    recording_raw(*state, 0, "unpublished", 11);
    recording_note(*state, "published");
    assert_read(*state, TRACE_END, 1);
}

static void tells_an_empty_file(void **state)
{
    size_t count, torn_at;
    (void)state;
    static const char zeros[TRACE_PAGE];
    assert_int_equal(read_bytes("", 0, &count, &torn_at), TRACE_EMPTY);
    assert_int_equal(read_bytes(zeros, sizeof zeros, &count, &torn_at), TRACE_EMPTY);
}

static void tells_what_is_no_recording(void **state)
{
    size_t size, count, torn_at;
    unsigned char *data = recording_bytes(*state, &size);

    assert_int_equal(read_bytes(data, 1, &count, &torn_at), TRACE_NOT_A_RECORDING);
    assert_int_equal(read_bytes(data, sizeof(struct trace_header) - 1, &count, &torn_at),
                     TRACE_NOT_A_RECORDING);
    data[0] ^= 1;
    assert_int_equal(read_bytes(data, size, &count, &torn_at), TRACE_NOT_A_RECORDING);
}

static void tells_the_other_byte_order(void **state)
{
    recording_header(*state)->byte_order = __builtin_bswap32(TRACE_BYTE_ORDER);
    assert_read(*state, TRACE_WRONG_BYTE_ORDER, 0);
}

static void tells_a_newer_recording(void **state)
{
    recording_header(*state)->min_reader = TRACE_VERSION + 1;
    assert_read(*state, TRACE_TOO_NEW, 0);
}

static void reads_a_newer_recording_that_says_it_may(void **state)
{
    recording_note(*state, "n");
    recording_header(*state)->version = TRACE_VERSION + 1;
    assert_read(*state, TRACE_END, 1);
}

static void refuses_a_header_size_off_a_page(void **state)
{
    recording_header(*state)->header_bytes = TRACE_PAGE + 8;
    assert_read(*state, TRACE_NOT_A_RECORDING, 0);
    recording_header(*state)->header_bytes = 0;
    assert_read(*state, TRACE_NOT_A_RECORDING, 0);
}

static void calls_a_shorter_file_torn(void **state)
{
    size_t size, count, torn_at;
    recording_note(*state, "one");
    recording_end_chunk(*state);
    recording_note(*state, "two");
    const unsigned char *data = recording_bytes(*state, &size);

    assert_int_equal(read_bytes(data, size - TRACE_PAGE, &count, &torn_at), TRACE_TORN);
    assert_int_equal(count, 1);
    assert_int_equal(torn_at, size - TRACE_PAGE);
}

static void reads_a_chunk_cut_in_the_middle(void **state)
{
    size_t size, count, torn_at;
    recording_note(*state, "one");
    recording_note(*state, "two");
    const unsigned char *data = recording_bytes(*state, &size);
    size_t second = TRACE_PAGE + sizeof(struct trace_chunk) + 16;

    assert_int_equal(read_bytes(data, second + 12, &count, &torn_at), TRACE_TORN);
    assert_int_equal(count, 1);
    assert_int_equal(torn_at, second);
}

static void takes_unstarted_chunks_for_the_end(void **state)
{
    size_t size, count, torn_at;
    recording_note(*state, "one");
    const unsigned char *data = recording_bytes(*state, &size);
    unsigned char *longer = calloc(1, size + 4 * TRACE_PAGE);
    assert_non_null(longer);
    memcpy(longer, data, size);

    assert_int_equal(read_bytes(longer, size + 4 * TRACE_PAGE, &count, &torn_at), TRACE_END);
    assert_int_equal(count, 1);
    free(longer);
}

static void reads_chunks_after_a_damaged_record(void **state)
{
    size_t bad = recording_raw(*state, TRACE_NOTE, "\xff\xff\xff\xff", 4);
    recording_note(*state, "lost with its chunk");
    recording_end_chunk(*state);
    recording_note(*state, "found");
    size_t size, count, torn_at;
    const unsigned char *data = recording_bytes(*state, &size);

    assert_int_equal(read_bytes(data, size, &count, &torn_at), TRACE_TORN);
    assert_int_equal(count, 1);
    assert_int_equal(torn_at, bad);
}

static void reads_chunks_after_a_damaged_chunk_header(void **state)
{
    size_t size, count, torn_at;
    recording_note(*state, "lost");
    recording_end_chunk(*state);
    recording_note(*state, "found");
    unsigned char *data = recording_bytes(*state, &size);
    data[TRACE_PAGE] ^= 1;

    assert_int_equal(read_bytes(data, size, &count, &torn_at), TRACE_TORN);
    assert_int_equal(count, 1);
    assert_int_equal(torn_at, TRACE_PAGE);
}

/* A single record of `kind` with this body must be refused. */
static void assert_refused(struct recording_builder *rec, uint16_t kind, const void *body,
                           size_t bytes)
{
    size_t size, count, torn_at;
    recording_end_chunk(rec);
    size_t bad = recording_raw(rec, kind, body, bytes);
    const unsigned char *data = recording_bytes(rec, &size);

    assert_int_equal(read_bytes(data, size, &count, &torn_at), TRACE_TORN);
    assert_int_equal(count, 0);
    assert_true(torn_at <= bad);
}

static void refuses_records_shorter_than_their_struct(void **state)
{
    static const size_t sizes[] = {
#define X(number, NAME, struct_name, text) [number] = sizeof(struct struct_name),
#include "trace/record_kinds.def"
#undef X
    };
    static const unsigned char zeros[256];

    for (uint16_t kind = 1; kind < sizeof sizes / sizeof *sizes; kind++) {
        if (sizes[kind]) /* numbers may be left free */
            assert_refused(*state, kind, zeros, (sizes[kind] - 1) / 8 * 8 - 8);
    }
}

#define REFUSE(rec, kind, struct_name, ...)                                                        \
    do {                                                                                           \
        struct struct_name record_ = {__VA_ARGS__};                                                \
        assert_refused((rec), (kind), (const unsigned char *)&record_ + 8, sizeof record_ - 8);    \
    } while (0)

static void refuses_counts_beyond_the_record(void **state)
{
    REFUSE(*state, TRACE_STACK, trace_stack, .id = 1, .frame_count = 1);
    REFUSE(*state, TRACE_STACK, trace_stack, .id = 1, .frame_count = UINT16_MAX);
    REFUSE(*state, TRACE_DEPENDENCY, trace_dependency, .held_count = 1);
    REFUSE(*state, TRACE_DEPENDENCY, trace_dependency, .held_count = UINT32_MAX);
    REFUSE(*state, TRACE_DEPENDENCY, trace_dependency, .held_count = UINT32_MAX / 16 + 2);
    REFUSE(*state, TRACE_MODULE, trace_module, .path_bytes = 5);
    REFUSE(*state, TRACE_MODULE, trace_module, .path_bytes = 0);
    REFUSE(*state, TRACE_MODULE, trace_module, .path_bytes = 1, .build_id_bytes = 33);
    REFUSE(*state, TRACE_PROCESS, trace_process, .string_bytes = UINT32_MAX);
    REFUSE(*state, TRACE_MISUSE, trace_misuse, .place_count = 0);
    REFUSE(*state, TRACE_MISUSE, trace_misuse, .place_count = TRACE_MISUSE_PLACES + 1);
    REFUSE(*state, TRACE_MISUSE, trace_misuse, .place_count = 1, .text_bytes = 9);
    REFUSE(*state, TRACE_NOTE, trace_note, .text_bytes = UINT32_MAX);
    REFUSE(*state, TRACE_NOTE, trace_note, .text_bytes = 0);
}

static void refuses_strings_without_an_end(void **state)
{
    struct {
        uint32_t bytes;
        char text[4];
    } note = {4, {'a', 'b', 'c', 'd'}};
    struct {
        uint32_t pid, parent, arguments, bytes;
        char text[8];
    } process = {1, 1, 1, 8, {'a', 0, 'b', 0, 'c', 0, 'd', 'e'}};

    assert_refused(*state, TRACE_NOTE, &note, sizeof note);
    assert_refused(*state, TRACE_PROCESS, &process, sizeof process);
    process.text[7] = 0;
    process.arguments = 3;
    assert_refused(*state, TRACE_PROCESS, &process, sizeof process);
    REFUSE(*state, TRACE_THREAD_NAME, trace_thread_name, .thread = 1, .name = "sixteen letters!");
}

static void refuses_record_sizes_that_lead_astray(void **state)
{
    struct recording_builder *rec = *state;
    const uint32_t sizes[] = {1, 4, 12, 1u << 20, UINT32_MAX, UINT32_MAX - 7};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size, count, torn_at;
        recording_end_chunk(rec);
        size_t offset = recording_raw(rec, TRACE_SEGMENT, "", 0);
        unsigned char *data = recording_bytes(rec, &size);
        ((struct trace_record *)(data + offset))->bytes = sizes[i];
        assert_int_equal(read_bytes(data, size, &count, &torn_at), TRACE_TORN);
        assert_int_equal(count, 0);
    }
}

static void refuses_chunk_sizes_that_lead_astray(void **state)
{
    const uint64_t sizes[] = {
        0, 8, TRACE_PAGE + 8, UINT64_MAX, UINT64_MAX - TRACE_PAGE + 1, (uint64_t)1 << 63};
    size_t size, count, torn_at;
    recording_note(*state, "n");
    unsigned char *data = recording_bytes(*state, &size);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ((struct trace_chunk *)(data + TRACE_PAGE))->bytes = sizes[i];
        assert_int_equal(read_bytes(data, size, &count, &torn_at), TRACE_TORN);
        assert_true(count <= 1);
    }
}

struct seen_live {
    size_t count;
    uint32_t held, wanted;
};

static void see_live(const struct trace_live *live, void *context)
{
    struct seen_live *seen = context;
    seen->count++;
    seen->held = live->held_count;
    seen->wanted = live->wanted_lock;
}

static void visits_live_blocks(void **state)
{
    struct recording_builder *rec = *state;
    struct seen_live seen = {0};
    struct trace_reader reader;
    size_t size;
    uint32_t thread = recording_thread(rec, NULL);
    uint32_t a = recording_mutex(rec), b = recording_mutex(rec);
    recording_acquire(rec, thread, a, 0);
    recording_live(rec, thread, b);
    recording_note(rec, "after");
    const unsigned char *data = recording_bytes(rec, &size);

    assert_int_equal(trace_reader_open(&reader, data, size), TRACE_OK);
    trace_reader_each_live(&reader, see_live, &seen);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.held, 1);
    assert_int_equal(seen.wanted, b);
    assert_read(rec, TRACE_END, 4);
}

static void skips_live_blocks_that_do_not_fit(void **state)
{
    struct recording_builder *rec = *state;
    struct seen_live seen = {0};
    struct trace_reader reader;
    size_t size;
    recording_live(rec, recording_thread(rec, NULL), 0);
    unsigned char *data = recording_bytes(rec, &size);
    struct trace_live *live =
        (struct trace_live *)(data + size - TRACE_PAGE + sizeof(struct trace_chunk));

    live->capacity = UINT32_MAX;
    assert_int_equal(trace_reader_open(&reader, data, size), TRACE_OK);
    trace_reader_each_live(&reader, see_live, &seen);
    live->capacity = 0;
    live->held_count = 1;
    trace_reader_each_live(&reader, see_live, &seen);
    assert_int_equal(seen.count, 0);
}

static void has_a_line_for_every_status_and_lost_counter(void **state)
{
    (void)state;
    for (enum trace_status status = TRACE_OK; status <= TRACE_TORN; status++)
        assert_true(strlen(trace_status_text(status)) > 0);
    for (enum trace_lost kind = 0; kind < TRACE_LOST_COUNT; kind++) {
        assert_true(strlen(trace_lost_text(kind)) > 0);
        assert_true(strlen(trace_lost_name(kind)) > 0);
    }
    assert_string_equal(trace_lost_name(TRACE_LOST_space), "space");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reads_all_kinds_in_order),
        CASE(stays_at_the_end),
        CASE(goes_on_in_the_next_chunk),
        CASE(skips_kinds_it_does_not_know),
        CASE(skips_a_record_without_its_kind),
        CASE(tells_an_empty_file),
        CASE(tells_what_is_no_recording),
        CASE(tells_the_other_byte_order),
        CASE(tells_a_newer_recording),
        CASE(reads_a_newer_recording_that_says_it_may),
        CASE(refuses_a_header_size_off_a_page),
        CASE(calls_a_shorter_file_torn),
        CASE(reads_a_chunk_cut_in_the_middle),
        CASE(takes_unstarted_chunks_for_the_end),
        CASE(reads_chunks_after_a_damaged_record),
        CASE(reads_chunks_after_a_damaged_chunk_header),
        CASE(refuses_records_shorter_than_their_struct),
        CASE(refuses_counts_beyond_the_record),
        CASE(refuses_strings_without_an_end),
        CASE(refuses_record_sizes_that_lead_astray),
        CASE(refuses_chunk_sizes_that_lead_astray),
        CASE(visits_live_blocks),
        CASE(skips_live_blocks_that_do_not_fit),
        CASE(has_a_line_for_every_status_and_lost_counter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
