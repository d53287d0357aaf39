/* Wildcards against a naive matcher, path maps, and files of suppressions that make no sense. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/base/path_map.h"
#include "analyzer/suppress/baseline.h"
#include "analyzer/suppress/glob.h"
#include "analyzer/suppress/suppression_file.h"

#define ROUNDS 200000

static int set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, 0);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(*state);
    return 0;
}

static bool naive(const char *pattern, const char *text, char any)
{
    if (*pattern == '\0') {
        return *text == '\0';
    }
    if (*pattern == '*') {
        return naive(pattern + 1, text, any) || (*text != '\0' && naive(pattern, text + 1, any));
    }
    return *text != '\0' && (*pattern == *text || *pattern == any) &&
           naive(pattern + 1, text + 1, any);
}

static void random_word(char *word, const char *letters, size_t bytes_max)
{
    size_t bytes = (size_t)rand() % (bytes_max + 1);
    for (size_t i = 0; i < bytes; i++) {
        word[i] = letters[(size_t)rand() % strlen(letters)];
    }
    word[bytes] = '\0';
}

static void wildcards_match_as_the_naive_matcher_has_it(void **state)
{
    (void)state;
    size_t matched = 0;
    srand(1);
    for (int i = 0; i < ROUNDS; i++) {
        char pattern[9], text[13];
        random_word(pattern, "ab*?", 8);
        random_word(text, "ab", 12);
        assert_int_equal(glob_matches(pattern, text), naive(pattern, text, '?'));
        assert_int_equal(glob_matches_stars(pattern, text), naive(pattern, text, '\0'));
        matched += glob_matches(pattern, text);
    }
    assert_true(matched > ROUNDS / 20);
}

static void nothing_matches_a_name_that_is_not_known(void **state)
{
    (void)state;
    assert_false(glob_matches("*", NULL));
    assert_false(glob_matches_stars("*", NULL));
    assert_false(glob_matches_path("*", NULL));
}

static void a_path_matches_from_each_of_its_folders_on(void **state)
{
    (void)state;
    assert_true(glob_matches_path("/home/me/log.c", "/home/me/log.c"));
    assert_true(glob_matches_path("me/log.c", "/home/me/log.c"));
    assert_true(glob_matches_path("log.?", "/home/me/log.c"));
    assert_false(glob_matches_path("og.c", "/home/me/log.c"));
    assert_false(glob_matches_path("me", "/home/me/log.c"));
}

static void paths_are_mapped_by_whole_folders_and_the_first_rule(void **state)
{
    struct path_map map = {0};
    struct arena *arena = *state;
    assert_true(path_map_add(arena, &map, "/build/src/=/home/me"));
    assert_true(path_map_add(arena, &map, "/build=/b"));
    assert_true(path_map_add(arena, &map, "/=/mnt"));
    assert_string_equal(path_map_apply(arena, &map, "/build/src/x.c"), "/home/me/x.c");
    assert_string_equal(path_map_apply(arena, &map, "/build/srcs/x.c"), "/b/srcs/x.c");
    assert_string_equal(path_map_apply(arena, &map, "/builds/x.c"), "/mnt/builds/x.c");
    assert_string_equal(path_map_apply(arena, &map, "x.c"), "x.c");
    assert_string_equal(path_map_apply(arena, NULL, "/x.c"), "/x.c");
    assert_null(path_map_apply(arena, &map, NULL));
    assert_false(path_map_add(arena, &map, "/build"));
}

/* Any file is read, or refused with its name and one line. */
static void check_text(struct arena *arena, const char *path, const char *text, size_t bytes)
{
    struct suppression_list list = {0};
    const char *error = NULL;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    fclose(file);
    if (!suppression_file_read(arena, path, &list, &error)) {
        assert_int_equal(strncmp(error, path, strlen(path)), 0);
        assert_null(strchr(error, '\n'));
    }
    error = NULL;
    if (!baseline_read(baseline_create(arena), path, &error)) {
        assert_non_null(strstr(error, path));
    }
}

static void damaged_files_are_refused_in_one_line(void **state)
{
    static const char *const texts[] = {
        "suppression x\nrule: a\nstack: f < ... < g\nfingerprint: 0123456789abcdef\n",
        "deadlock:^f*g$\nmutex:x\n# c\ncalled_from_lib:libc\n",
        "{\n  n\n  Memcheck,Helgrind:LockOrder\n  fun:f\n  ...\n  src:a.c:3\n}\n",
        "{\"findings\":[{\"fingerprint\":\"0123456789abcdef\",\"title\":\"t\"}]}\n",
    };
    char path[] = "/tmp/unknot-unit-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    srand(2);
    for (int i = 0; i < 4000; i++) {
        char text[128];
        const char *whole = texts[i % 4];
        size_t bytes = strlen(whole);
        memcpy(text, whole, bytes);
        for (int j = 0; j < i % 7; j++) {
            text[(size_t)rand() % bytes] =
                (char)(rand() % 3 != 0 ? "{}:\n ,.\"[#"[rand() % 10] : rand());
        }
        check_text(*state, path, text, i % 3 != 0 ? bytes : (size_t)rand() % bytes);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildcards_match_as_the_naive_matcher_has_it),
        cmocka_unit_test(nothing_matches_a_name_that_is_not_known),
        cmocka_unit_test(a_path_matches_from_each_of_its_folders_on),
        cmocka_unit_test(paths_are_mapped_by_whole_folders_and_the_first_rule),
        cmocka_unit_test(damaged_files_are_refused_in_one_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
