/* Names as other tools get them: paths below a root, URIs, the text of XML. */
#include "tests/unit/unit.h"

#include "analyzer/report/artifact.h"
#include "analyzer/report/escape.h"

static int arena_setup(void **state)
{
    static struct arena arena;
    arena_init(&arena, (size_t)1 << 20);
    *state = &arena;
    return 0;
}

static int arena_teardown(void **state)
{
    arena_destroy(*state);
    return 0;
}

static void paths_below_the_root_are_relative_to_it(void **state)
{
    static const struct {
        const char *path, *result;
        bool is_relative;
    } cases[] = {
        {"/src/a.c", "a.c", true},
        {"/src/lib/../a.c", "a.c", true},
        {"/src//./x/a.c", "x/a.c", true},
        {"/srcs/a.c", "/srcs/a.c", false},
        {"/src/../a.c", "/a.c", false},
        {"/../../src/a.c", "a.c", true},
        {"x/../y/a.c", "y/a.c", true},
        {"../csu/a.c", "../csu/a.c", false},
        {"x/../../a.c", "../a.c", false},
        {"../../a/../b.c", "../../b.c", false},
        {"/src", "/src", false},
        {"./a.c", "a.c", true},
        {"/a/b/../../src/a.c", "a.c", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool is_relative;
        const char *result = artifact_path(*state, "/src", cases[i].path, &is_relative);
        assert_string_equal(result, cases[i].result);
        assert_int_equal(is_relative, cases[i].is_relative);
    }
}

static void nothing_is_below_no_root(void **state)
{
    bool is_relative;
    assert_string_equal(artifact_path(*state, NULL, "/src/a.c", &is_relative), "/src/a.c");
    assert_false(is_relative);
}

static void uris_are_percent_encoded(void **state)
{
    assert_string_equal(artifact_uri(*state, "/a b/\xc3\xa9%.c"), "file:///a%20b/%C3%A9%25.c");
    assert_string_equal(artifact_uri(*state, "a:b/c#d?e"), "a%3Ab/c%23d%3Fe");
    assert_string_equal(artifact_uri(*state, "\xff\x01"), "%FF%01");
}

static void xml_is_quoted(void **state)
{
    assert_string_equal(escape_xml(*state, "<a b=\"c\">&\t", false),
                        "&lt;a b=&quot;c&quot;&gt;&amp;&#9;");
    assert_string_equal(escape_xml(*state, "a\nb", false), "a\nb");
    assert_string_equal(escape_xml(*state, "a\nb", true), "a&#10;b");
}

static void what_xml_cannot_hold_is_replaced(void **state)
{
    assert_string_equal(escape_xml(*state, "a\x01\x1b\xff\xef\xbf\xbf\xef\xbf\xbe", false),
                        "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_string_equal(escape_xml(*state, "\xc3\xa9\xf0\x9f\x98\x80", false),
                        "\xc3\xa9\xf0\x9f\x98\x80");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_below_the_root_are_relative_to_it),
        cmocka_unit_test(nothing_is_below_no_root),
        cmocka_unit_test(uris_are_percent_encoded),
        cmocka_unit_test(xml_is_quoted),
        cmocka_unit_test(what_xml_cannot_hold_is_replaced),
    };
    return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
