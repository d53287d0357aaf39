/* Reading and writing the std format of traces. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/schedule/std_trace.h"

struct file {
    struct arena arena;
    char path[32];
    struct std_trace std;
    const char *error;
};

static int set_up(void **state)
{
    static struct file file;
    file = (struct file){.path = "/tmp/unknot_std.XXXXXX"};
    arena_init(&file.arena, (size_t)1 << 30);
    close(mkstemp(file.path));
    *state = &file;
    return 0;
}

static int tear_down(void **state)
{
    struct file *file = *state;
    unlink(file->path);
    arena_destroy(&file->arena);
    return 0;
}

static bool read_text(struct file *file, const char *text, size_t length)
{
    FILE *out = fopen(file->path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
    return std_trace_read(&file->arena, file->path, &file->std, &file->error);
}

static void assert_events(const struct file *file, const char *expected)
{
    char text[256] = "";
    static const char letters[] = "qarfbeswptklocBEJRW";
    _Static_assert(sizeof letters - 1 == SYNC_EVENT_KINDS, "a letter for each kind");
    for (size_t i = 0; i < file->std.trace.event_count; i++)
        text[i] = letters[file->std.trace.events[i].kind];
    assert_string_equal(text, expected);
}

static void assert_refused(struct file *file, const char *text, const char *complaint)
{
    assert_false(read_text(file, text, strlen(text)));
    if (strstr(file->error, complaint) == NULL)
        print_message("told: %s\n", file->error);
    assert_non_null(strstr(file->error, complaint));
}

#define READ(file, text) assert_true(read_text((file), (text), sizeof(text) - 1))

static void every_operation_becomes_its_events(void **state)
{
    struct file *file = *state;
    READ(file, "T0|fork(T1)|1\nT1|acq(L1)|2\nT1|r(V1)|3\nT1|w(V1)|4\nT1|rel(L1)|5\nT0|join(T1)|6\n"
               "T0|req(L1)|7\nT0|acq(L1)|8\n");
    assert_events(file, "cBqaRWrEqJqa");
    assert_int_equal(file->std.trace.thread_count, 2);
    assert_string_equal(file->std.names.sites[file->std.trace.events[3].site], "2");
}

static void a_lock_taken_again_is_left_out(void **state)
{
    struct file *file = *state;
    READ(file, "T0|acq(L)|1\nT0|req(L)|2\nT0|acq(L)|2\nT0|rel(L)|3\nT0|rel(L)|4");
    assert_events(file, "qar");
}

static void a_request_may_be_the_last_of_a_thread(void **state)
{
    struct file *file = *state;
    READ(file, "T0|acq(L)|1\nT1|req(L)|2\n");
    assert_events(file, "qaq");
}

static void threads_may_be_named_without_the_letter(void **state)
{
    struct file *file = *state;
    READ(file, "T0|fork(1)|1\nT1|r(x)|2\n");
    assert_int_equal(file->std.trace.thread_count, 2);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    struct file *file = *state;
    assert_refused(file, "T0|acq(L1)|1\nT0 acq L1\n", "line 2 is not of the form");
    assert_refused(file, "T0|acq(L1|1\n", "line 1 is not of the form");
    assert_refused(file, "T0|acq()|1\n", "line 1 is not of the form");
    assert_refused(file, "|acq(L)|1\n", "line 1 is not of the form");
    assert_refused(file, "T0|lock(L1)|1\n", "line 1 has none of the operations");
    assert_refused(file, "T0|acq(L1)|1\n\nT1|acq(L1)|1\n", "line 3 takes a lock that another");
    assert_refused(file, "T0|rel(L1)|1\n", "line 1 gives back a lock");
    assert_refused(file, "T0|join(T1)|1\nT1|r(x)|2\n", "line 2 acts after it was joined");
    assert_refused(file, "T1|r(x)|2\nT0|fork(T1)|1\n", "line 2 forks a thread that is there");
    assert_refused(file, "T0|join(T0)|1\n", "line 1 joins itself");
    assert_false(read_text(file, "T0|r(x\0)|1\n", 11));
}

static void a_line_without_end_is_refused(void **state)
{
    struct file *file = *state;
    size_t length = 3 << 20;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, 'T', length);
    assert_false(read_text(file, text, length));
    assert_non_null(strstr(file->error, "line 1 is too long"));
    free(text);
}

static void a_file_that_is_none_is_told(void **state)
{
    struct file *file = *state;
    assert_false(std_trace_read(&file->arena, "/nowhere/at/all", &file->std, &file->error));
    assert_non_null(strstr(file->error, "cannot open /nowhere/at/all"));
    assert_false(std_trace_read(&file->arena, "/tmp", &file->std, &file->error));
    assert_non_null(strstr(file->error, "cannot read /tmp"));
}

/* Lines that the buffer's end cuts are put together again. */
static void long_files_are_read_whole(void **state)
{
    struct file *file = *state;
    size_t lines = 300000;
    FILE *out = fopen(file->path, "w");
    assert_non_null(out);
    for (size_t i = 0; i < lines; i++)
        fprintf(out, "T%zu|%s(V%zu)|%zu\n", i % 7, i % 3 == 0 ? "w" : "r", i % 1000, i % 5000);
    assert_int_equal(fclose(out), 0);
    assert_true(std_trace_read(&file->arena, file->path, &file->std, &file->error));
    assert_int_equal(file->std.trace.event_count, lines);
    assert_int_equal(file->std.trace.object_count, 1000);
    assert_int_equal(file->std.names.site_count, 5000);
}

static void what_is_written_reads_the_same(void **state)
{
    struct file *file = *state;
    READ(file,
         "T0|fork(T1)|a\nT1|acq(L1)|b\nT1|r(V1)|c\nT1|w(V1)|c\nT1|rel(L1)|b\nT0|join(T1)|a\n");
    struct sync_trace first = file->std.trace;
    FILE *out = fopen(file->path, "w");
    assert_non_null(out);
    /* BEGIN, END and the request of the join go without saying. */
    assert_int_equal(std_trace_write(&file->arena, out, &first), 0);
    assert_int_equal(fclose(out), 0);
    assert_true(std_trace_read(&file->arena, file->path, &file->std, &file->error));
    assert_int_equal(file->std.trace.event_count, first.event_count);
    for (size_t i = 0; i < first.event_count; i++) {
        assert_int_equal(file->std.trace.events[i].kind, first.events[i].kind);
        assert_int_equal(file->std.trace.events[i].thread, first.events[i].thread);
    }
}

/* Of all events the numbers that tell them apart. */
static void add_up(void *taker, const struct sync_event *event)
{
    uint64_t *sum = taker;
    *sum = *sum * 31 + event->thread * 7 + event->object * 5 + event->site * 3 + event->kind;
}

static void assert_reads_the_same_again(struct file *file, const char *path)
{
    struct std_source *source;
    uint64_t sums[3] = {0};
    assert_true(std_source_open(&file->arena, path, &source, &file->error));
    struct sync_source *events = std_source_events(source);
    for (size_t i = 0; i < 3; i++)
        assert_true(events->read(events, add_up, &sums[i], &file->error));
    std_source_close(source);
    assert_true(sums[0] != 0 && sums[0] == sums[1] && sums[1] == sums[2]);
}

static void a_file_is_read_again(void **state)
{
    struct file *file = *state;
    READ(file, "T0|fork(T1)|a\nT1|acq(L1)|b\nT1|r(V1)|c\nT1|rel(L1)|b\nT0|join(T1)|a\n");
    assert_reads_the_same_again(file, file->path);
}

static void a_pipe_is_read_again_from_a_copy(void **state)
{
    static const char text[] = "T0|fork(T1)|a\nT1|acq(L1)|b\nT1|rel(L1)|b\nT0|join(T1)|a\n";
    struct file *file = *state;
    char path[32];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(ends[1]), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_reads_the_same_again(file, path);
    assert_int_equal(close(ends[0]), 0);
}

static void a_file_that_grew_is_told(void **state)
{
    struct file *file = *state;
    struct std_source *source;
    uint64_t sum = 0;
    READ(file, "T0|r(V1)|c\n");
    assert_true(std_source_open(&file->arena, file->path, &source, &file->error));
    struct sync_source *events = std_source_events(source);
    assert_true(events->read(events, add_up, &sum, &file->error));
    FILE *out = fopen(file->path, "a");
    assert_non_null(out);
    fputs("T0|r(V1)|c\n", out);
    assert_int_equal(fclose(out), 0);
    assert_false(events->read(events, add_up, &sum, &file->error));
    assert_non_null(strstr(file->error, "changed"));
    std_source_close(source);
}

#define FILE_CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_CASE(every_operation_becomes_its_events),
        FILE_CASE(a_lock_taken_again_is_left_out),
        FILE_CASE(a_request_may_be_the_last_of_a_thread),
        FILE_CASE(threads_may_be_named_without_the_letter),
        FILE_CASE(what_is_wrong_is_told_with_its_line),
        FILE_CASE(a_line_without_end_is_refused),
        FILE_CASE(a_file_that_is_none_is_told),
        FILE_CASE(long_files_are_read_whole),
        FILE_CASE(what_is_written_reads_the_same),
        FILE_CASE(a_file_is_read_again),
        FILE_CASE(a_pipe_is_read_again_from_a_copy),
        FILE_CASE(a_file_that_grew_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
