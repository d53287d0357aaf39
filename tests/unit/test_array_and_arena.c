/* The analyzer's memory: what the arena and the growable array promise. */
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "analyzer/base/array.h"

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

static void gives_zeroed_aligned_memory(void **state)
{
    const size_t sizes[] = {1, 15, 16, 17, 4096, 1 << 20, 3};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *memory = arena_alloc(*state, sizes[i], 1);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(memory[j], 0);
        memset(memory, 0xff, sizes[i]);
    }
}

static void keeps_objects_apart(void **state)
{
    uint32_t *objects[1000];

    for (uint32_t i = 0; i < 1000; i++) {
        objects[i] = arena_alloc(*state, i % 97 + 1, sizeof(uint32_t));
        objects[i][0] = i;
        objects[i][i % 97] = i;
    }
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(objects[i][0], i);
        assert_int_equal(objects[i][i % 97], i);
    }
}

static void copies_and_formats_text(void **state)
{
    char text[] = "original";
    char *copy = arena_strdup(*state, text);
    text[0] = 'O';
    assert_string_equal(copy, "original");
    assert_string_equal(arena_printf(*state, "%s %d", copy, 42), "original 42");
    assert_string_equal(arena_printf(*state, "%s", ""), "");
}

static void may_be_used_again_once_destroyed(void **state)
{
    struct arena *arena = *state;
    arena_alloc(arena, 1000, 1000);
    arena_destroy(arena);
    assert_int_equal(arena->used_bytes, 0);
    assert_non_null(arena_alloc(arena, 1, 1));
}

static void exhaust(struct arena *arena)
{
    for (;;)
        arena_alloc(arena, 1000, 100);
}

static void ask_for_the_impossible(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX / 2, 3);
}

/* Runs `act` in a child: it must print one line and exit with status 2. */
static void assert_ends_with_one_line(struct arena *arena, void (*act)(struct arena *))
{
    char line[256] = "";
    int ends[2], status;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        act(arena);
        _exit(0);
    }
    close(ends[1]);
    ssize_t length = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_true(length > 0);
    assert_non_null(strstr(line, "out of memory"));
    assert_ptr_equal(strchr(line, '\n'), line + length - 1);
}

static void ends_the_command_at_its_cap(void **state)
{
    struct arena *arena = *state;
    arena->cap_bytes = 10 << 20;
    assert_ends_with_one_line(arena, exhaust);
}

static void ends_the_command_on_an_impossible_size(void **state)
{
    assert_ends_with_one_line(*state, ask_for_the_impossible);
}

static void array_keeps_what_was_added(void **state)
{
    struct arena *arena = *state;
    ARRAY(uint64_t) numbers = {0};

    for (uint64_t i = 0; i < 100000; i++)
        *array_add(arena, &numbers) = i * i;
    assert_int_equal(numbers.count, 100000);
    assert_true(numbers.capacity >= numbers.count);
    for (uint64_t i = 0; i < 100000; i++)
        assert_int_equal(numbers.items[i], i * i);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(gives_zeroed_aligned_memory), CASE(keeps_objects_apart),
        CASE(copies_and_formats_text),     CASE(may_be_used_again_once_destroyed),
        CASE(ends_the_command_at_its_cap), CASE(ends_the_command_on_an_impossible_size),
        CASE(array_keeps_what_was_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
