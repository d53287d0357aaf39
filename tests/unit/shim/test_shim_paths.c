/* Names of recordings, what is said of the process, and text in a fixed buffer. */
#include "tests/unit/shim/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/platform/path.h"
#include "shim/platform/text.h"

static void assert_expands(const char *pattern, uint32_t exec_count, const char *expected)
{
    char expanded[PATH_BYTES];
    assert_true(path_expand(pattern, exec_count, expanded));
    assert_string_equal(expanded, expected);
}

static void a_pattern_is_filled_in(void **state)
{
    char expected[64];
    (void)state;
    snprintf(expected, sizeof(expected), "a/%d.rec", (int)getpid());
    assert_expands("a/%p.rec", 0, expected);
    assert_expands("%n", 0, "test_shim_paths");
    assert_expands("x%x.%x", 12, "x12.12");
    assert_expands("100%%", 0, "100%");
    assert_expands("%%p", 0, "%p");
    assert_expands("%q%", 0, "q%");
    assert_expands("", 0, "");
}

static void an_exec_count_is_noticed(void **state)
{
    (void)state;
    assert_true(path_has_exec_count("%x"));
    assert_true(path_has_exec_count("a%n%p.%x.rec"));
    assert_true(path_has_exec_count("%%%x"));
    assert_false(path_has_exec_count("%%x"));
    assert_false(path_has_exec_count("x%"));
    assert_false(path_has_exec_count("%p%"));
}

static void what_does_not_fit_is_refused(void **state)
{
    char pattern[PATH_BYTES + 8], result[PATH_BYTES];
    (void)state;
    memset(pattern, 'x', sizeof(pattern));
    pattern[PATH_BYTES - 1] = '\0';
    assert_true(path_expand(pattern, 0, result));
    assert_int_equal(strlen(result), PATH_BYTES - 1);
    pattern[PATH_BYTES - 1] = 'x';
    pattern[PATH_BYTES] = '\0';
    assert_false(path_expand(pattern, 0, result));
    pattern[0] = '/';
    assert_false(path_absolute(pattern, result));
    memcpy(pattern + PATH_BYTES - 3, "%n", 3);
    assert_false(path_expand(pattern, 0, result)); /* too long once it is filled in */
}

/* Relative to where the program started, whatever that is called. */
static void a_relative_pattern_keeps_the_start_directory(void **state)
{
    char folder[] = "path %p test.XXXXXX", here[PATH_BYTES], absolute[PATH_BYTES];
    char expanded[PATH_BYTES], expected[2 * PATH_BYTES];
    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    process_remember();
    assert_int_equal(chdir(here), 0);
    snprintf(expected, sizeof(expected), "%s/%s/a.7", here, folder);
    assert_true(path_absolute("a.%x", absolute));
    assert_true(path_expand(absolute, 7, expanded));
    assert_string_equal(expanded, expected);
    assert_true(path_absolute("/b.%x", absolute));
    assert_string_equal(absolute, "/b.%x");
    assert_int_equal(rmdir(folder), 0);
}

static void the_last_folder_is_made_for_the_owner_alone(void **state)
{
    char folder[] = "path_test.XXXXXX", path[64];
    struct stat status;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/new/file", folder);
    assert_true(path_make_folder(path));
    assert_true(path_make_folder(path)); /* it is there already */
    snprintf(path, sizeof(path), "%s/missing/new/file", folder);
    assert_false(path_make_folder(path));
    assert_true(path_make_folder("file_here"));
    assert_true(path_make_folder("/file_at_the_root"));
    snprintf(path, sizeof(path), "%s/new", folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void a_process_is_its_program_folder_and_arguments(void **state)
{
    char strings[16 * 1024], here[PATH_BYTES];
    uint32_t arguments = 99;
    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    process_remember();
    size_t bytes = process_describe(strings, sizeof(strings), &arguments);
    const char *program = strings, *directory = program + strlen(program) + 1;
    const char *first = directory + strlen(directory) + 1;
    assert_string_equal(strrchr(program, '/'), "/test_shim_paths");
    assert_string_equal(directory, here);
    assert_int_equal(arguments, 1);
    assert_non_null(strstr(first, "test_shim_paths"));
    assert_ptr_equal(first + strlen(first) + 1, strings + bytes);
}

static void text_is_cut_where_the_buffer_ends(void **state)
{
    char buffer[8] = "zzzzzzz";
    (void)state;
    struct text text = text_over(buffer, sizeof(buffer));
    text_add(&text, "abc");
    text_add_number(&text, 42);
    assert_string_equal(buffer, "abc42");
    text_add(&text, "de");
    assert_false(text.cut);
    text_add(&text, "");
    assert_false(text.cut);
    text_add_number(&text, 7);
    assert_true(text.cut);
    assert_string_equal(buffer, "abc42de");
    assert_int_equal(text.length, 7);
}

static void numbers_are_written_as_printf_does(void **state)
{
    static const uint64_t numbers[] = {0, 9, 10, 4294967296u, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        char buffer[32], expected[32];
        struct text text = text_over(buffer, sizeof(buffer));
        text_add_number(&text, numbers[i]);
        snprintf(expected, sizeof(expected), "%" PRIu64, numbers[i]);
        assert_string_equal(buffer, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_filled_in),
        cmocka_unit_test(an_exec_count_is_noticed),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_relative_pattern_keeps_the_start_directory),
        cmocka_unit_test(the_last_folder_is_made_for_the_owner_alone),
        cmocka_unit_test(a_process_is_its_program_folder_and_arguments),
        cmocka_unit_test(text_is_cut_where_the_buffer_ends),
        cmocka_unit_test(numbers_are_written_as_printf_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
