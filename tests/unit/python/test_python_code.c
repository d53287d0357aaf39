/* The line and exception tables of code objects, in the forms of all versions. The tables are those
 * that the interpreters made; the lines beside them are what the interpreters say of them. */
#include "tests/unit/unit.h"

#include <string.h>
#include "analyzer/diagnose/python_code.h"
#include "tests/unit/python/code_tables.h"

static uint32_t line_at(unsigned minor, const struct python_code *code, uint64_t bytes)
{
    struct python_reader reader = {.layout = *python_layout_find(minor)};
    return python_code_line(&reader, code, bytes);
}

static void lines_are_what_the_interpreter_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const struct table *table = &tables[i];
        const struct python_code code = {.first_line = table->first_line,
                                         .lines = table->lines,
                                         .line_bytes = table->line_bytes};
        for (size_t at = 0; at < table->count; at++) {
            assert_int_equal(line_at(table->minor, &code, at * 2), table->expected[at]);
        }
    }
}

static void line_of_a_cut_table_is_unknown(void **state)
{
    (void)state;
    static const unsigned char cut[] = {0x80 | 14 << 3, 64};
    const struct python_code code = {.first_line = 1, .lines = cut, .line_bytes = sizeof cut};
    const struct python_code empty = {.first_line = 1, .lines = cut};
    assert_int_equal(line_at(12, &code, 1000), 0);
    assert_int_equal(line_at(12, &empty, 0), 0);
    assert_int_equal(line_at(10, &empty, 0), 0);
}

/* with (depth 1, instructions 1-9) around for (2), around with (depth 3, 4-6); each with block's
 * handler has one of its own around it, deeper. */
static void handlers_are_found_from_the_inside(void **state)
{
    (void)state;
    static const unsigned char table[] = {
        0x80 | 1,  3, 20, 1 << 1,     0x80 | 4,  3, 30, 3 << 1,     0x80 | 7,  3, 20, 1 << 1,
        0x80 | 20, 2, 24, 4 << 1 | 1, 0x80 | 30, 2, 34, 6 << 1 | 1, 0x80 | 34, 2, 20, 1 << 1};
    const struct python_code code = {
        .stack_size = 8, .exceptions = table, .exception_bytes = sizeof table};
    struct python_handler handlers[8];
    assert_int_equal(python_code_handlers(&code, 5 * 2, handlers, 8), 2);
    assert_int_equal(handlers[0].depth, 3);
    assert_int_equal(handlers[1].depth, 1);
    assert_int_equal(handlers[1].at, 20 * 2);
    assert_int_equal(python_code_handlers(&code, 8 * 2, handlers, 8), 1);
    assert_int_equal(handlers[0].depth, 1);
    assert_int_equal(python_code_handlers(&code, 0, handlers, 8), 0);
}

/* with around try: the try block's handler restores the same depth, but is not the with's. */
static void handler_of_the_with_is_the_outermost_of_its_depth(void **state)
{
    (void)state;
    static const unsigned char table[] = {0x80 | 1, 3,      20,        1 << 1, 0x80 | 4, 3,
                                          15,       1 << 1, 0x80 | 15, 2,      20,       1 << 1};
    const struct python_code code = {
        .stack_size = 8, .exceptions = table, .exception_bytes = sizeof table};
    struct python_handler handlers[8];
    assert_int_equal(python_code_handlers(&code, 5 * 2, handlers, 8), 1);
    assert_int_equal(handlers[0].depth, 1);
    assert_int_equal(handlers[0].at, 20 * 2);
}

static void handlers_that_lead_in_circles_end(void **state)
{
    (void)state;
    static const unsigned char table[] = {0x80, 5, 1, 2 << 1};
    const struct python_code code = {
        .stack_size = 8, .exceptions = table, .exception_bytes = sizeof table};
    struct python_handler handlers[8];
    assert_int_equal(python_code_handlers(&code, 0, handlers, 8), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_what_the_interpreter_says),
        cmocka_unit_test(line_of_a_cut_table_is_unknown),
        cmocka_unit_test(handlers_are_found_from_the_inside),
        cmocka_unit_test(handler_of_the_with_is_the_outermost_of_its_depth),
        cmocka_unit_test(handlers_that_lead_in_circles_end),
    };
    return cmocka_run_group_tests_name("python_code", tests, NULL, NULL);
}
