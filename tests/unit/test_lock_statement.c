/* Statements that take locks, found in source text: what can move, what gives a lock back, and all
 * that is not certain is denied. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/report/lock_declaration.h"
#include "analyzer/report/lock_statement.h"
#include "analyzer/report/lock_type.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)64 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* The text by way of a file, as everywhere. */
static const struct source_text *text_of(const char *content)
{
    char path[] = "/tmp/unknot-source-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    const struct source_text *text = source_texts_find(source_texts_create(&arena), path);
    close(fd);
    unlink(path);
    assert_non_null(text);
    return text;
}

/* Of a function's body: its first line is line 3. */
static const struct source_text *body(const char *lines)
{
    return text_of(arena_printf(&arena, "static void f(void)\n{\n%s}\n", lines));
}

static uint32_t line_with(const struct source_text *text, const char *what)
{
    for (uint32_t line = 1; line <= text->line_count; line++) {
        if (strstr(text->lines[line - 1], what) != NULL) {
            return line;
        }
    }
    fail_msg("no line has %s", what);
    return 0;
}

static struct lock_statement parse(const struct source_text *text, const char *what)
{
    return lock_statement_parse(&arena, text, line_with(text, what));
}

static enum lock_statement_form form(const char *line)
{
    return lock_statement_parse(&arena, body(line), 3).form;
}

static void calls_members_and_guards_are_understood(void **state)
{
    (void)state;
    struct lock_statement call = lock_statement_parse(
        &arena, body("    (void)pthread_mutex_lock(&table[i].lock); // take\n"), 3);
    assert_int_equal(call.form, LOCK_STATEMENT_CALL);
    assert_string_equal(call.lock, "&table[i].lock");
    assert_string_equal(lock_statement_release(&arena, &call),
                        "pthread_mutex_unlock(&table[i].lock);");
    struct lock_statement guard = lock_statement_parse(
        &arena, body("  const std::lock_guard<std::mutex> held{own->lock};\n"), 3);
    assert_int_equal(guard.form, LOCK_STATEMENT_GUARD);
    assert_string_equal(guard.lock, "own->lock");
    assert_string_equal(guard.guard, "held");
    assert_int_equal(form("own->lock.lock();\n"), LOCK_STATEMENT_METHOD);
    assert_int_equal(form("must(mtx_lock(&a), \"lock; it\");\n"), LOCK_STATEMENT_CALL);
}

static void what_is_not_one_plain_statement_is_none(void **state)
{
    (void)state;
    assert_int_equal(form("if (x) pthread_mutex_lock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("pthread_mutex_lock(&a); x++;\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("error = pthread_mutex_lock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("return pthread_mutex_lock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("// pthread_mutex_lock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("puts(\"pthread_mutex_lock(&a)\");\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("x && pthread_mutex_lock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("pthread_mutex_trylock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(form("std::unique_lock<std::mutex> held(a, std::defer_lock);\n"),
                     LOCK_STATEMENT_NONE);
    assert_int_equal(form("#define TAKE pthread_mutex_lock(&a);\n"), LOCK_STATEMENT_NONE);
    assert_int_equal(parse(body("    if (x)\n        pthread_mutex_lock(&a);\n"), "mutex").form,
                     LOCK_STATEMENT_NONE);
    assert_int_equal(parse(body("    else\n        pthread_mutex_lock(&a);\n"), "mutex").form,
                     LOCK_STATEMENT_NONE);
}

/* Whether what takes b can come before what takes a, with that in between. */
static bool moves_over(const char *between)
{
    const struct source_text *text = body(arena_printf(
        &arena, "    pthread_mutex_lock(&a);\n%s    pthread_mutex_lock(&own->b);\n", between));
    struct lock_statement inner = parse(text, "own->b");
    return lock_statement_can_move(&inner, 3);
}

static void a_request_moves_over_what_does_not_concern_it(void **state)
{
    (void)state;
    assert_true(moves_over(""));
    assert_true(moves_over("    total++; // of own\n    /* own */ puts(\"own\");\n"));
    assert_true(moves_over("    for (int i = 0; i < 3; i++) {\n        use(i);\n    }\n"));
}

static void a_request_does_not_move_over_what_may_concern_it(void **state)
{
    (void)state;
    assert_false(moves_over("    own = next(own);\n"));
    assert_false(moves_over("    struct owner *own = find();\n"));
    assert_false(moves_over("    if (done)\n        return;\n"));
    assert_false(moves_over("    if (done)\n        goto out;\n"));
    assert_false(moves_over("again:\n"));
    assert_false(moves_over("    }\n    {\n"));
    assert_false(moves_over("    if (done) {\n"));
    assert_false(moves_over("#ifdef NEVER\n    total++;\n#endif\n"));
    assert_false(moves_over("    pthread_cleanup_push(give_back, &a);\n"));
}

static uint32_t release_line(const char *lines)
{
    const struct source_text *text = body(lines);
    struct lock_statement statement = parse(text, "_lock(");
    return lock_statement_release_line(&arena, &statement);
}

static void the_one_release_in_the_block_is_found(void **state)
{
    (void)state;
    assert_int_equal(release_line("    mtx_lock(&a);\n    use();\n    mtx_unlock( &a );\n"), 5);
    assert_int_equal(release_line("    mtx_lock(&a);\n    must(mtx_unlock(&a));\n"), 4);
}

static void a_release_that_is_not_the_only_one_is_not_found(void **state)
{
    (void)state;
    assert_int_equal(release_line("    mtx_lock(&a);\n    use();\n"), 0);
    assert_int_equal(release_line("    mtx_lock(&a);\n    mtx_unlock(&ab);\n"), 0);
    assert_int_equal(release_line("    mtx_lock(&a);\n    if (x) {\n        mtx_unlock(&a);\n"
                                  "        return;\n    }\n    mtx_unlock(&a);\n"),
                     0);
    assert_int_equal(
        release_line("    mtx_lock(&a);\n    if (x) {\n        mtx_unlock(&a);\n    }\n"), 0);
    assert_int_equal(release_line("    mtx_lock(&a);\n    if (x)\n        return;\n"
                                  "    mtx_unlock(&a);\n"),
                     0);
}

static bool defines(const char *line, const char *name, struct lock_declaration *declaration)
{
    return lock_declaration_parse(&arena, text_of(line), 1, name, declaration);
}

static void definitions_of_plain_variables_are_understood(void **state)
{
    (void)state;
    struct lock_declaration declaration;
    assert_true(defines("static std::mutex a, b{};\n", "b", &declaration));
    assert_string_equal(declaration.qualifiers, "static ");
    assert_string_equal(declaration.type, "std::mutex");
    assert_int_equal(declaration.declarators.count, 2);
    assert_string_equal(declaration.declarators.items[1].initialiser, "{}");
    assert_true(defines("pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;\n", "a", &declaration));
    assert_string_equal(declaration.declarators.items[0].initialiser,
                        "= PTHREAD_MUTEX_INITIALIZER");
}

static void other_definitions_are_not(void **state)
{
    (void)state;
    struct lock_declaration declaration;
    assert_false(defines("static pthread_mutex_t a[2];\n", "a", &declaration));
    assert_false(defines("static pthread_mutex_t *a;\n", "a", &declaration));
    assert_false(defines("static struct table a;\n", "a", &declaration));
    assert_false(defines("static Table<int> a;\n", "a", &declaration));
    assert_false(defines("static pthread_mutex_t a = {\n", "a", &declaration));
    assert_false(defines("static pthread_mutex_t b;\n", "a", &declaration));
    assert_false(defines("LOCK(a)\n", "a", &declaration));
}

/* How many lines change with the type of `lock`; -1: that is not all. */
static int uses_changed(const char *content)
{
    struct edit_list edits = {.arena = &arena};
    bool all = lock_type_change_uses(&edits, text_of(content), "lock", 1);
    return all ? (int)edits.list.count : -1;
}

static void guards_change_with_the_type_of_their_lock(void **state)
{
    (void)state;
    const char *definition = "static std::mutex lock;\n";
    const char *guards = "std::lock_guard<std::mutex> one(lock);\nstd::scoped_lock two(lock);\n"
                         "lock.lock();\n// lock\n";
    assert_int_equal(uses_changed(arena_printf(&arena, "%s%s", definition, guards)), 1);
    assert_int_equal(uses_changed(arena_printf(&arena, "%suse(lock);\n", definition)), -1);
    assert_int_equal(
        uses_changed(arena_printf(&arena, "%sstd::mutex &other = lock;\n", definition)), -1);
    assert_int_equal(uses_changed(arena_printf(&arena,
                                               "%sstd::condition_variable ready;\n"
                                               "std::unique_lock<std::mutex> held(lock);\n",
                                               definition)),
                     -1);
}

/* Lines of the second edit would lie in those of the first. */
static void edits_of_one_line_are_refused(void **state)
{
    (void)state;
    struct edit_list edits = {.arena = &arena};
    edit_list_replace(&edits, "f.c", 3, "one");
    edit_list_insert(&edits, "f.c", 3, "before");
    edit_list_replace(&edits, "f.c", 4, NULL);
    edit_list_insert(&edits, "e.c", 9, "other");
    assert_true(edit_list_finish(&edits));
    assert_int_equal(edits.list.count, 2);
    assert_string_equal(edits.list.items[0].file, "e.c");
    assert_int_equal(edits.list.items[1].line, 3);
    assert_int_equal(edits.list.items[1].replaced, 2);
    assert_string_equal(edits.list.items[1].text, "before\none\n");
    edit_list_replace(&edits, "f.c", 4, "again");
    assert_false(edit_list_finish(&edits));
    assert_int_equal(edits.list.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_members_and_guards_are_understood),
        cmocka_unit_test(what_is_not_one_plain_statement_is_none),
        cmocka_unit_test(a_request_moves_over_what_does_not_concern_it),
        cmocka_unit_test(a_request_does_not_move_over_what_may_concern_it),
        cmocka_unit_test(the_one_release_in_the_block_is_found),
        cmocka_unit_test(a_release_that_is_not_the_only_one_is_not_found),
        cmocka_unit_test(definitions_of_plain_variables_are_understood),
        cmocka_unit_test(other_definitions_are_not),
        cmocka_unit_test(guards_change_with_the_type_of_their_lock),
        cmocka_unit_test(edits_of_one_line_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
