/* The file a recording goes to: what stops it, what does not, and that it stays readable. */
#include "tests/unit/shim/random.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/platform/options.h"
#include "shim/platform/path.h"
#include "shim/platform/recording.h"
#include "tests/unit/shim/scene.h"
#include "trace/reader.h"

enum { NOTE_BYTES = 64 };

/* A process that has recorded nothing yet: as after a fork. */
static int set_up(void **state)
{
    (void)state;
    scene_make_folder();
    recording_after_fork();
    scene_record();
    options.record_limit_bytes = 1u << 30;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_remove_folder();
    return 0;
}

static bool write_note(void)
{
    recording_lock();
    struct trace_note *note = recording_reserve(sizeof(*note) + NOTE_BYTES);
    if (note) {
        note->text_bytes = NOTE_BYTES;
        memset(note->text, 'x', NOTE_BYTES - 1);
        recording_publish(note, TRACE_NOTE, sizeof(*note) + NOTE_BYTES);
    }
    recording_unlock();
    return note != NULL;
}

static size_t write_notes(size_t most)
{
    size_t written = 0;
    while (written < most && write_note())
        written++;
    return written;
}

struct contents {
    size_t notes, processes, lives, bytes;
    struct trace_header header;
};

static void count_live(const struct trace_live *live, void *context)
{
    (void)live;
    ((struct contents *)context)->lives++;
}

static struct contents read_back(const char *path)
{
    struct contents contents = {0};
    void *data = scene_read(path, &contents.bytes);
    struct trace_reader reader;
    const struct trace_record *record;
    enum trace_status status;
    assert_int_equal(trace_reader_open(&reader, data, contents.bytes), TRACE_OK);
    while ((status = trace_reader_next(&reader, &record)) == TRACE_OK) {
        contents.notes += record->kind == TRACE_NOTE;
        contents.processes += record->kind == TRACE_PROCESS;
    }
    assert_int_equal(status, TRACE_END);
    assert_false(reader.shortened);
    trace_reader_each_live(&reader, count_live, &contents);
    contents.header = *trace_reader_header(&reader);
    free(data);
    return contents;
}

/* The path of the recording now open; "" once it stopped. Copied: it changes. */
static const char *path_now(void)
{
    static char path[PATH_BYTES];
    strcpy(path, recording_path());
    assert_int_not_equal(path[0], '\0');
    return path;
}

/* The descriptor the recording keeps, -1 for none. */
static int kept_descriptor(const char *path)
{
    struct stat wanted, found;
    int kept = -1;
    assert_int_equal(stat(path, &wanted), 0);
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fstat(fd, &found) == 0 && found.st_ino == wanted.st_ino &&
            found.st_dev == wanted.st_dev)
            kept = fd;
    }
    closedir(directory);
    return kept;
}

/* Room above the soft limit, where descriptors are kept. */
static void lower_descriptor_limit(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 200;
    assert_true(limit.rlim_max >= 208);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void holds_every_record_and_who_made_it(void **state)
{
    (void)state;
    assert_int_equal(write_notes(20000), 20000);
    struct contents contents = read_back(path_now());
    struct stat status;
    assert_int_equal(contents.notes, 20000);
    assert_int_equal(contents.processes, 1);
    assert_int_equal(contents.header.pid, getpid());
    assert_int_equal(contents.header.state, TRACE_RUNNING);
    assert_int_equal(contents.header.version, TRACE_VERSION);
    assert_true(contents.header.file_bytes <= contents.bytes);
    assert_int_equal(stat(path_now(), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_true((uint64_t)status.st_blocks * 512 >= contents.bytes); /* no holes */
    recording_set_state(TRACE_EXITED, 3);
    contents = read_back(path_now());
    assert_int_equal(contents.header.state, TRACE_EXITED);
    assert_int_equal(contents.header.exit_status, 3);
}

static void makes_no_file_before_the_first_record(void **state)
{
    struct stat status;
    char path[64];
    (void)state;
    snprintf(path, sizeof(path), "%s/0.rec", scene_folder());
    struct trace_live *live = recording_live_alloc(1, 8);
    assert_non_null(live);
    recording_count_lost(TRACE_LOST_stack);
    assert_int_equal(stat(path, &status), -1);
    assert_true(write_note());
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(read_back(path).header.lost[TRACE_LOST_stack], 1); /* carried over */
    recording_live_free(live);
}

static void takes_the_next_exec_count(void **state)
{
    (void)state;
    for (uint32_t count = 0; count < 3; count++) {
        recording_after_fork();
        assert_int_equal(write_notes(count + 1), count + 1);
        assert_int_equal(read_back(path_now()).header.exec_count, count);
    }
    char first[64];
    snprintf(first, sizeof(first), "%s/0.rec", scene_folder());
    assert_int_equal(read_back(first).notes, 1); /* untouched by the later ones */
}

static void keeps_an_existing_file(void **state)
{
    char path[64], text[8] = {0};
    (void)state;
    snprintf(path, sizeof(path), "%s/mine", scene_folder());
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_int_equal(write(fd, "mine", 4), 4);
    recording_configure(path);
    assert_false(write_note());
    assert_true(recording_failed());
    assert_string_equal(recording_failure(), "the file exists already");
    assert_int_equal(pread(fd, text, sizeof(text), 0), 4);
    assert_string_equal(text, "mine");
    close(fd);
}

static void follows_no_symbolic_link(void **state)
{
    char path[64], target[64];
    struct stat status;
    (void)state;
    snprintf(path, sizeof(path), "%s/link", scene_folder());
    snprintf(target, sizeof(target), "%s/target", scene_folder());
    assert_int_equal(symlink("target", path), 0);
    recording_configure(path);
    assert_false(write_note());
    assert_true(recording_failed());
    assert_int_equal(stat(target, &status), -1);
}

static void stops_at_record_limit(void **state)
{
    (void)state;
    options.record_limit_bytes = 64 * 1024;
    size_t written = write_notes(100000);
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/0.rec", scene_folder());
    struct contents contents = read_back(path);
    assert_true(written > 100 && written < 100000);
    assert_int_equal(contents.notes, written);
    assert_int_equal(contents.bytes, 64 * 1024);
    assert_int_equal(contents.header.lost[TRACE_LOST_limit], 1);
    assert_int_equal(contents.header.lost[TRACE_LOST_space], 0);
    assert_false(write_note());
    assert_int_equal(read_back(path).header.lost[TRACE_LOST_limit], 2);
    assert_string_equal(recording_failure(), "record_limit was reached");
    assert_string_equal(recording_path(), "");
}

/* The window that does not fit is larger than the record. */
static void a_limit_between_windows_is_told_as_the_limit(void **state)
{
    char path[64];
    (void)state;
    options.record_limit_bytes = 100000;
    assert_true(write_notes(100000) < 100000);
    snprintf(path, sizeof(path), "%s/0.rec", scene_folder());
    struct contents contents = read_back(path);
    assert_int_equal(contents.header.lost[TRACE_LOST_limit], 1);
    assert_int_equal(contents.header.lost[TRACE_LOST_space], 0);
}

static void stops_below_the_file_size_limit_without_a_signal(void **state)
{
    struct rlimit old, low;
    char path[PATH_BYTES];
    (void)state;
    snprintf(path, sizeof(path), "%s/0.rec", scene_folder());
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    low = (struct rlimit){300000, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    size_t written = write_notes(100000); /* SIGXFSZ would end the test here */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    struct contents contents = read_back(path);
    assert_true(written > 1000 && written < 100000);
    assert_int_equal(contents.notes, written);
    assert_true(contents.bytes <= 300000);
    assert_int_equal(contents.header.lost[TRACE_LOST_space], 1);
    assert_string_equal(recording_failure(), "the file size limit (ulimit -f) was reached");
}

static void leaves_no_file_where_not_even_a_header_fits(void **state)
{
    struct rlimit old, low;
    struct stat status;
    char path[64];
    (void)state;
    snprintf(path, sizeof(path), "%s/0.rec", scene_folder());
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    low = (struct rlimit){1000, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    bool written = write_note();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(written);
    assert_true(recording_failed());
    assert_int_equal(stat(path, &status), -1);
}

static void goes_on_when_its_descriptor_is_closed_and_reused(void **state)
{
    char mine[64];
    struct stat status;
    (void)state;
    lower_descriptor_limit();
    assert_int_equal(write_notes(100), 100);
    int fd = kept_descriptor(path_now());
    assert_true(fd >= 200);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    snprintf(mine, sizeof(mine), "%s/mine", scene_folder());
    int own = open(mine, O_RDWR | O_CREAT, 0600);
    close(fd);
    struct rlimit raised;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &raised), 0);
    raised.rlim_cur += 8;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &raised), 0);
    assert_int_equal(dup2(own, fd), fd);
    assert_int_equal(write_notes(20000), 20000);
    assert_int_equal(read_back(path_now()).notes, 20100);
    assert_int_equal(fstat(own, &status), 0);
    assert_int_equal(status.st_size, 0); /* nothing went into the program's file */
    assert_true(fcntl(fd, F_GETFD) >= 0);
    close(fd);
    close(own);
}

static void goes_on_in_an_unlinked_file(void **state)
{
    (void)state;
    lower_descriptor_limit();
    assert_int_equal(write_notes(100), 100);
    int fd = kept_descriptor(path_now());
    int own = open(path_now(), O_RDONLY);
    assert_true(fd >= 0 && own >= 0);
    assert_int_equal(unlink(path_now()), 0);
    assert_int_equal(write_notes(20000), 20000);
    assert_false(recording_failed());
    char through[64];
    snprintf(through, sizeof(through), "/proc/self/fd/%d", own);
    assert_int_equal(read_back(through).notes, 20100);
    close(own);
}

static void stops_when_file_and_descriptor_are_gone(void **state)
{
    (void)state;
    lower_descriptor_limit();
    assert_int_equal(write_notes(100), 100);
    int own = open(path_now(), O_RDONLY);
    assert_int_equal(unlink(path_now()), 0);
    for (int i = 3; i < 4096; i++) {
        if (i != own)
            close(i);
    }
    size_t written = write_notes(20000);
    assert_true(written > 0 && written < 20000);
    assert_true(recording_failed());
    char through[64];
    snprintf(through, sizeof(through), "/proc/self/fd/%d", own);
    struct contents contents = read_back(through);
    assert_int_equal(contents.notes, 100 + written);
    assert_int_equal(contents.header.lost[TRACE_LOST_space], 1);
    close(own);
}

static void live_blocks_lie_in_the_file_and_are_used_again(void **state)
{
    (void)state;
    struct trace_live *blocks[200];
    assert_true(write_note());
    for (uint32_t i = 0; i < 200; i++) {
        blocks[i] = recording_live_alloc(i + 1, i % 10 ? 32 : 1000);
        assert_non_null(blocks[i]);
        assert_true(blocks[i]->capacity >= (i % 10 ? 32u : 1000u));
        assert_int_equal(blocks[i]->thread, i + 1);
        blocks[i]->held[blocks[i]->capacity - 1].count = 7;
    }
    assert_int_equal(read_back(path_now()).lives, 200);
    size_t bytes = read_back(path_now()).bytes;
    for (uint32_t i = 0; i < 200; i++)
        recording_live_free(blocks[i]);
    for (uint32_t i = 0; i < 100000; i++) {
        struct trace_live **live = &blocks[i % 180]; /* 180 were of the usual size */
        if (i >= 180)
            recording_live_free(*live);
        *live = recording_live_alloc(i, 32);
        assert_non_null(*live);
        assert_int_equal((*live)->held_count, 0);
    }
    assert_int_equal(read_back(path_now()).bytes, bytes);
}

static void records_of_every_size_fit_together(void **state)
{
    struct random random = random_from(3);
    size_t sizes = 0, written = 0;
    (void)state;
    for (; written < 3000; written++) {
        size_t bytes = random_once_in(&random, 20) ? random_below(&random, 200000)
                                                   : random_below(&random, 500);
        bytes += sizeof(struct trace_note) + 1;
        recording_lock();
        struct trace_note *note = recording_reserve(bytes);
        assert_non_null(note);
        assert_int_equal((uintptr_t)note % 8, 0);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(((char *)note)[i], 0);
        note->text_bytes = (uint32_t)(bytes - sizeof(*note));
        memset(note->text, 'x', bytes - sizeof(*note) - 1);
        recording_publish(note, TRACE_NOTE, bytes);
        recording_unlock();
        sizes += bytes;
    }
    struct contents contents = read_back(path_now());
    assert_int_equal(contents.notes, written);
    assert_true(contents.bytes < sizes * 2 + (8u << 20));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(holds_every_record_and_who_made_it),
        CASE(makes_no_file_before_the_first_record),
        CASE(takes_the_next_exec_count),
        CASE(keeps_an_existing_file),
        CASE(follows_no_symbolic_link),
        CASE(stops_at_record_limit),
        CASE(a_limit_between_windows_is_told_as_the_limit),
        CASE(stops_below_the_file_size_limit_without_a_signal),
        CASE(leaves_no_file_where_not_even_a_header_fits),
        CASE(goes_on_when_its_descriptor_is_closed_and_reused),
        CASE(goes_on_in_an_unlinked_file),
        CASE(stops_when_file_and_descriptor_are_gone),
        CASE(live_blocks_lie_in_the_file_and_are_used_again),
        CASE(records_of_every_size_fit_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
