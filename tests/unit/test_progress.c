/* The line that tells how far work is, on a terminal that takes the place of stderr. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "analyzer/base/progress.h"

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What comes is this; a terminal takes its time, and may hand it over in parts. */
static void assert_shown(int terminal, const char *expected)
{
    char text[256] = "";
    size_t length = 0;
    for (int64_t end = now_ms() + 20000; length < strlen(expected) && now_ms() < end;) {
        ssize_t got = read(terminal, text + length, sizeof text - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    assert_string_equal(text, expected);
}

/* Goes on until something is shown, or for so long. */
static bool work(int terminal, int64_t ms, uint64_t done, uint64_t total)
{
    struct pollfd shown = {.fd = terminal, .events = POLLIN};
    for (int64_t end = now_ms() + ms; now_ms() < end;) {
        progress_at(done, total);
        if (poll(&shown, 1, 0) > 0)
            return true;
    }
    return false;
}

static void tells_how_far_long_work_is(void **state)
{
    int terminal, end, before = dup(STDERR_FILENO);
    (void)state;
    assert_int_equal(openpty(&terminal, &end, NULL, NULL, NULL), 0);
    assert_int_equal(fcntl(terminal, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(dup2(end, STDERR_FILENO), STDERR_FILENO);
    progress_begin("the whole");
    assert_false(work(terminal, 500, 1, 2));
    assert_true(work(terminal, 20000, 1, 2));
    assert_shown(terminal, "\rthe whole [###############               ]  50 %");
    progress_begin("a part");
    assert_true(work(terminal, 20000, 3, 0));
    assert_shown(terminal, "\ra part ...                                      ");
    progress_end();
    assert_shown(terminal, "\r          \r");
    assert_true(work(terminal, 20000, 9, 3));
    assert_shown(terminal, "\rthe whole [##############################] 100 %");
    progress_end();
    assert_shown(terminal, "\r                                                \r");
    dup2(before, STDERR_FILENO);
    close(before);
    close(end);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tells_how_far_long_work_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
