/* UNKNOT_OPTIONS: every key, what its value may be, and what is said of the rest. */
#include "tests/unit/shim/random.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim/platform/options.h"

static struct shim_options defaults;

static int remember_defaults(void **state)
{
    (void)state;
    defaults = options;
    return 0;
}

static int restore_defaults(void **state)
{
    (void)state;
    options = defaults;
    return 0;
}

static void nothing_to_parse_changes_nothing(void **state)
{
    (void)state;
    options_parse(NULL);
    options_parse("");
    options_parse(":::");
    assert_memory_equal(&options, &defaults, sizeof(options));
    assert_string_equal(options_complaint(), "");
}

static void every_option_takes_its_lowest_and_highest(void **state)
{
    char text[128];
    (void)state;
#define OPTION_TEXT(name, initial, help)                                                           \
    options_parse(#name "=elsewhere");                                                             \
    assert_string_equal(options.name, "elsewhere");
#define OPTION_BYTES(name, initial, lowest, highest, help)                                         \
    for (int i = 0; i < 2; i++) {                                                                  \
        uint64_t wanted = i ? (highest) : (lowest);                                                \
        snprintf(text, sizeof(text), #name "=%" PRIu64, wanted);                                   \
        options_parse(text);                                                                       \
        assert_true(options.name##_bytes == wanted);                                               \
    }
#define OPTION_NUMBER(name, initial, lowest, highest, help)                                        \
    for (uint32_t i = 0; i < 2; i++) {                                                             \
        uint32_t wanted = i ? (lowest) : (highest);                                                \
        options.stack_depth = 64; /* site_depth is never above it */                               \
        snprintf(text, sizeof(text), #name "=%u", wanted);                                         \
        options_parse(text);                                                                       \
        assert_int_equal(options.name, wanted);                                                    \
    }
#define OPTION_SWITCH(name, initial, help)                                                         \
    options_parse(#name "=1");                                                                     \
    assert_true(options.name);                                                                     \
    options_parse(#name "=0");                                                                     \
    assert_false(options.name);
#define CHOSEN(option, choice)                                                                     \
    snprintf(text, sizeof(text), "%s=" #choice, key);                                              \
    options_parse(text);                                                                           \
    assert_int_equal(*chosen, option##_##choice);
#define OPTION_CHOICE(name, initial, choices, help)                                                \
    {                                                                                              \
        const char *key = #name;                                                                   \
        const uint32_t *chosen = &options.name;                                                    \
        choices(CHOSEN)                                                                            \
    }
#include "shim/platform/options.def"
#undef OPTION_TEXT
#undef OPTION_BYTES
#undef OPTION_NUMBER
#undef OPTION_SWITCH
#undef OPTION_CHOICE
#undef CHOSEN
    assert_string_equal(options_complaint(), "");
}

static void sizes_take_suffixes(void **state)
{
    (void)state;
    options_parse("record_limit=100K");
    assert_int_equal(options.record_limit_bytes, 100 << 10);
    options_parse("record_limit=7M");
    assert_int_equal(options.record_limit_bytes, 7 << 20);
    options_parse("record_limit=3G");
    assert_true(options.record_limit_bytes == (uint64_t)3 << 30);
}

static void the_last_of_several_counts(void **state)
{
    (void)state;
    options_parse("stack_depth=5:record=a:stack_depth=9:record=b");
    assert_int_equal(options.stack_depth, 9);
    assert_string_equal(options.record, "b");
}

static void a_backslash_takes_the_next_character_as_it_is(void **state)
{
    (void)state;
    options_parse("record=C\\:\\\\x\\=y\\n:stack_depth=7");
    assert_string_equal(options.record, "C:\\x=yn");
    assert_int_equal(options.stack_depth, 7);
    options_parse("record=at_the_end\\");
    assert_string_equal(options.record, "at_the_end\\");
}

static void a_site_is_no_deeper_than_a_stack(void **state)
{
    (void)state;
    options_parse("site_depth=20:stack_depth=4");
    assert_int_equal(options.site_depth, 4);
}

static void a_value_as_long_as_a_path_fits(void **state)
{
    static char text[PATH_BYTES + 100];
    (void)state;
    size_t length = PATH_BYTES - 1 - strlen("record=");
    strcpy(text, "record=");
    memset(text + strlen(text), 'x', length);
    options_parse(text);
    assert_int_equal(strlen(options.record), length);
    assert_string_equal(options_complaint(), "");
}

struct bad_case {
    const char *text, *complaint;
};

static const struct bad_case bad_cases[] = {
    {"no_such_option=1", "unknown option 'no_such_option'"},
    {"Record=x", "unknown option 'Record'"},
    {"=x", "unknown option ''"},
    {"record", "no value for option 'record'"},
    {"stack_depth=", "cannot use the value of option 'stack_depth'"},
    {"stack_depth=0", "cannot use the value of option 'stack_depth'"},
    {"stack_depth=65", "cannot use the value of option 'stack_depth'"},
    {"stack_depth=-1", "cannot use the value of option 'stack_depth'"},
    {"stack_depth= 1", "cannot use the value of option 'stack_depth'"},
    {"stack_depth=8x", "cannot use the value of option 'stack_depth'"},
    {"stack_depth=4294967300", "cannot use the value of option 'stack_depth'"},
    {"site_depth=18446744073709551617", "cannot use the value of option 'site_depth'"},
    {"record_limit=1", "cannot use the value of option 'record_limit'"},
    {"record_limit=1T", "cannot use the value of option 'record_limit'"},
    {"record_limit=1KK", "cannot use the value of option 'record_limit'"},
    {"record_limit=99999999999G", "cannot use the value of option 'record_limit'"},
    {"exit_report=2", "0 or 1 is the value of option 'exit_report'"},
    {"exit_report=yes", "0 or 1 is the value of option 'exit_report'"},
    {"help=", "0 or 1 is the value of option 'help'"},
};

/* The first complaint stays for good: one process each. */
static bool in_a_process(bool (*check)(const void *argument), const void *argument)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(check(argument) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status == 0;
}

static bool is_refused(const void *argument)
{
    const struct bad_case *bad = argument;
    options_parse(bad->text);
    bool right = strcmp(options_complaint(), bad->complaint) == 0 &&
                 memcmp(&options, &defaults, sizeof(options)) == 0;
    options_parse("some_other_thing=1"); /* the first is told */
    return right && strcmp(options_complaint(), bad->complaint) == 0;
}

static void a_bad_value_keeps_the_default_and_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
        if (!in_a_process(is_refused, &bad_cases[i]))
            fail_msg("not refused as it should be: %s", bad_cases[i].text);
    }
}

/* Rather nowhere than at a path cut short; what follows still counts. */
static bool is_recorded_nowhere(const void *text)
{
    options_parse(text);
    return strcmp(options.record, "none") == 0 && options.stack_depth == 3 &&
           strcmp(options_complaint(), "too long a value for option 'record'") == 0;
}

static void a_record_path_too_long_records_nothing(void **state)
{
    static char text[3 * PATH_BYTES];
    (void)state;
    strcpy(text, "record=");
    memset(text + strlen(text), 'x', 2 * PATH_BYTES);
    strcat(text, ":stack_depth=3");
    assert_true(in_a_process(is_recorded_nowhere, text));
}

static void help_names_every_option(void **state)
{
    char text[4096] = {0};
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    options_help(ends[1]);
    close(ends[1]);
    ssize_t got = read(ends[0], text, sizeof(text) - 1);
    close(ends[0]);
    assert_true(got > 0 && text[got - 1] == '\n');
#define OPTION_TEXT(name, initial, help)                                                           \
    assert_true(strstr(text, "  " #name "=") && strstr(text, help));
#define OPTION_BYTES(name, initial, lowest, highest, help)  OPTION_TEXT(name, , help)
#define OPTION_NUMBER(name, initial, lowest, highest, help) OPTION_TEXT(name, , help)
#define OPTION_SWITCH(name, initial, help)                  OPTION_TEXT(name, , help)
#define OPTION_CHOICE(name, initial, choices, help)         OPTION_TEXT(name, , help)
#include "shim/platform/options.def"
#undef OPTION_TEXT
#undef OPTION_BYTES
#undef OPTION_NUMBER
#undef OPTION_SWITCH
#undef OPTION_CHOICE
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, NULL, restore_defaults)
    const struct CMUnitTest tests[] = {
        CASE(nothing_to_parse_changes_nothing),
        CASE(every_option_takes_its_lowest_and_highest),
        CASE(sizes_take_suffixes),
        CASE(the_last_of_several_counts),
        CASE(a_backslash_takes_the_next_character_as_it_is),
        CASE(a_site_is_no_deeper_than_a_stack),
        CASE(a_value_as_long_as_a_path_fits),
        CASE(a_bad_value_keeps_the_default_and_is_told),
        CASE(a_record_path_too_long_records_nothing),
        CASE(help_names_every_option),
    };
    return cmocka_run_group_tests(tests, remember_defaults, NULL);
}
