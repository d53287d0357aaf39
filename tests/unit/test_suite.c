/* Suites: merging in any grouping gives the same bytes, the cycles split over recordings are those
 * of a naive search, and whatever bytes a merged file has, reading it ends and touches nothing that
 * is not its own (the asan and ubsan presets run this). UNKNOT_TEST_SEED changes the chance. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/suite/suite_cycles.h"
#include "analyzer/suite/suite_file.h"
#include "analyzer/suite/suite_order.h"
#include "analyzer/suite/suite_told.h"

enum { CLASSES = 5, RECORDINGS = 6, DEPENDENCIES = 12, GROUPS = 4 };

static unsigned seed;

static unsigned pick(unsigned count)
{
    return (unsigned)rand_r(&seed) % count;
}

struct bytes {
    char *data;
    size_t size;
};

static struct bytes write_suite(const struct suite *suite)
{
    struct bytes bytes = {NULL, 0};
    FILE *out = open_memstream(&bytes.data, &bytes.size);

    assert_non_null(out);
    suite_file_write(out, suite);
    assert_int_equal(fclose(out), 0);
    return bytes;
}

static uint32_t add_recording(struct suite *suite, unsigned number)
{
    char name[32];

    snprintf(name, sizeof name, "test.%u.0.rec", number);
    const uint64_t words[] = {
        [SUITE_RECORDING_FILE] = suite_text_word(suite, name),
        [SUITE_RECORDING_PROGRAM] = suite_text_word(suite, "/bin/test"),
        [SUITE_RECORDING_COMMAND] = suite_text_word(suite, "test\t\\ \n\x7f"),
        [SUITE_RECORDING_PID] = number + 1,
        [SUITE_RECORDING_START_NS] = number,
        [SUITE_RECORDING_COMPLETE] = 1,
        [SUITE_RECORDING_SHARED] = 0,
    };
    return suite_add(suite, SUITE_RECORDING, words, sizeof words / sizeof words[0]);
}

static uint32_t add_class(struct suite *suite, unsigned number)
{
    char name[32];

    snprintf(name, sizeof name, "static lock_%u a.c:%u", number, number);
    const uint64_t words[] = {1, suite_text_word(suite, name)};
    uint32_t row = suite_add(suite, SUITE_CLASS, words, 2);
    suite_merge_text(suite, SUITE_CLASS, row, 0, name + strlen("static "));
    suite_merge_text(suite, SUITE_CLASS, row, 2, name + strlen("static "));
    return row;
}

/* What a recording shows: that `to` is requested while `from` is held, at `site`. */
struct shown {
    unsigned from, to, site, recording;
};

static void add_shown(struct suite *suite, const struct shown *shown)
{
    const uint64_t module = suite_text_word(suite, "abcd");
    const uint64_t frames[] = {0, suite_add(suite, SUITE_MODULE, &module, 1) + 1, shown->site};
    const uint64_t stack = suite_add(suite, SUITE_STACK, frames, 3) + 1;
    const uint64_t words[] = {
        0, add_class(suite, shown->to) + 1, 0, stack, add_class(suite, shown->from) + 1, 0, stack};

    suite_merge_text(suite, SUITE_MODULE, 0, 0, pick(2) ? "/lib/a.so" : "/lib/b.so");
    uint32_t row = suite_add(suite, SUITE_DEPENDENCY, words, 7);
    suite_merge_recording(suite, SUITE_DEPENDENCY, row, add_recording(suite, shown->recording));
}

static size_t make_shown(struct shown *shown)
{
    size_t count = 1 + pick(DEPENDENCIES);

    for (size_t i = 0; i < count; i++) {
        unsigned from = pick(CLASSES);
        shown[i] = (struct shown){from, (from + 1 + pick(CLASSES - 1)) % CLASSES, pick(2),
                                  pick(RECORDINGS)};
    }
    return count;
}

static struct bytes suite_of(const struct shown *shown, size_t count)
{
    struct arena arena;
    struct suite suite;

    arena_init(&arena, SIZE_MAX);
    suite_init(&suite, &arena);
    for (size_t i = 0; i < count; i++)
        add_shown(&suite, &shown[i]);
    suite_finish(&suite);
    struct bytes bytes = write_suite(&suite);
    arena_destroy(&arena);
    return bytes;
}

static struct bytes merge(const struct bytes *parts, size_t count)
{
    struct arena arena;
    struct suite suite;
    const char *error;

    arena_init(&arena, SIZE_MAX);
    suite_init(&suite, &arena);
    for (size_t i = 0; i < count; i++)
        assert_true(suite_file_read(&suite, parts[i].data, parts[i].size, &error));
    suite_finish(&suite);
    struct bytes bytes = write_suite(&suite);
    arena_destroy(&arena);
    return bytes;
}

static void assert_same(const struct bytes *one, const struct bytes *other)
{
    assert_int_equal(one->size, other->size);
    assert_memory_equal(one->data, other->data, one->size);
}

static void merging_is_associative_commutative_and_idempotent(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        struct shown shown[DEPENDENCIES];
        struct bytes parts[GROUPS], turned[GROUPS], pairs[3];

        for (size_t i = 0; i < GROUPS; i++) {
            parts[i] = suite_of(shown, make_shown(shown));
            turned[(i + 1) % GROUPS] = parts[i];
        }
        struct bytes whole = merge(parts, GROUPS), other = merge(turned, GROUPS);
        pairs[0] = merge(&parts[1], 2);
        pairs[1] = merge((struct bytes[]){parts[3], parts[0], parts[1]}, 3);
        pairs[2] = whole;
        struct bytes tree = merge(pairs, 2), again = merge(pairs, 3);
        assert_same(&whole, &other);
        assert_same(&whole, &tree);
        assert_same(&whole, &again);
        for (size_t i = 0; i < GROUPS; i++)
            free(parts[i].data);
        free(pairs[0].data);
        free(pairs[1].data);
        free(whole.data);
        free(other.data);
        free(tree.data);
        free(again.data);
    }
}

static bool is_same_place(const struct shown *one, const struct shown *other)
{
    return one->from == other->from && one->to == other->to && one->site == other->site;
}

/* Whether some recording shows both. */
static bool share_recording(const struct shown *shown, size_t count, const struct shown *a,
                            const struct shown *b)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; is_same_place(&shown[i], a) && j < count; j++) {
            if (is_same_place(&shown[j], b) && shown[i].recording == shown[j].recording)
                return true;
        }
    }
    return false;
}

static bool shows(const struct shown *shown, size_t count, unsigned recording, unsigned from,
                  unsigned to)
{
    for (size_t i = 0; i < count; i++) {
        if (shown[i].recording == recording && shown[i].from == from && shown[i].to == to)
            return true;
    }
    return false;
}

static bool is_split(const struct shown *shown, size_t count, unsigned from, unsigned to)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; shown[i].from == from && shown[i].to == to && j < count; j++) {
            if (shown[j].from == to && shown[j].to == from &&
                !share_recording(shown, count, &shown[i], &shown[j]) &&
                !shows(shown, count, shown[i].recording, to, from) &&
                !shows(shown, count, shown[j].recording, from, to))
                return true;
        }
    }
    return false;
}

static bool is_found(const struct analysis *analysis, unsigned one, unsigned other)
{
    for (size_t i = 0; i < analysis->finding_count; i++) {
        const struct finding *finding = &analysis->findings[i];
        unsigned classes = 0;
        for (size_t j = 0; j < finding->step_count; j++) {
            uint32_t lock = finding->steps[j].dependency->lock;
            const char *name = execution_find_lock(finding->execution, lock)->name;
            classes |= 1u << (name[strlen("lock_")] - '0');
        }
        if (finding->step_count == 2 && classes == (1u << one | 1u << other))
            return true;
    }
    return false;
}

static void find_cycles(struct arena *arena, const struct suite *suite,
                        struct report_process *process)
{
    static const struct lock_order_options options = {.keep_dismissed = true};

    suite_cycles_find(arena, suite, &options, process);
    suite_told_add(arena, suite, process);
}

static void split_cycles_of_two_are_those_of_a_naive_search(void **state)
{
    size_t found = 0, not_found = 0;

    (void)state;
    for (unsigned round = 0; round < 500; round++) {
        struct arena arena;
        struct suite suite;
        struct report_process process;
        struct shown shown[DEPENDENCIES];
        size_t count = make_shown(shown);

        arena_init(&arena, SIZE_MAX);
        suite_init(&suite, &arena);
        for (size_t i = 0; i < count; i++)
            add_shown(&suite, &shown[i]);
        suite_finish(&suite);
        find_cycles(&arena, &suite, &process);
        for (unsigned one = 0; one < CLASSES; one++) {
            for (unsigned other = 0; other < one; other++) {
                bool expected = is_split(shown, count, one, other);
                assert_int_equal(is_found(&process.analysis, one, other), expected);
                found += expected;
                not_found += !expected;
            }
        }
        arena_destroy(&arena);
    }
    assert_true(found > 50 && not_found > 50);
}

static void damage(char *data, size_t *size)
{
    static const char replacements[] = "\t\n\\0129-,x ";

    for (unsigned i = 0; i <= pick(3); i++)
        data[pick((unsigned)*size)] =
            pick(3) == 0 ? (char)pick(256) : replacements[pick(sizeof replacements - 1)];
    if (pick(4) == 0)
        *size = pick((unsigned)*size + 1);
}

static void write_nowhere(const struct suite *suite)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    suite_order_write(out, suite);
    suite_file_write(out, suite);
    assert_int_equal(fclose(out), 0);
    free(text);
}

static void damaged_files_are_refused_or_read(void **state)
{
    size_t refused = 0, read = 0;

    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        struct arena arena;
        struct suite suite;
        struct report_process process;
        struct shown shown[DEPENDENCIES];
        const char *error = NULL;
        struct bytes bytes = suite_of(shown, make_shown(shown));

        damage(bytes.data, &bytes.size);
        arena_init(&arena, SIZE_MAX);
        suite_init(&suite, &arena);
        if (suite_file_read(&suite, bytes.data, bytes.size, &error)) {
            suite_finish(&suite);
            find_cycles(&arena, &suite, &process);
            write_nowhere(&suite);
            read++;
        } else {
            assert_non_null(error);
            refused++;
        }
        arena_destroy(&arena);
        free(bytes.data);
    }
    assert_true(refused > 100 && read > 100);
}

static int print_seed(void **state)
{
    (void)state;
    print_message("UNKNOT_TEST_SEED=%u\n", seed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merging_is_associative_commutative_and_idempotent),
        cmocka_unit_test(split_cycles_of_two_are_those_of_a_naive_search),
        cmocka_unit_test(damaged_files_are_refused_or_read),
    };
    const char *given = getenv("UNKNOT_TEST_SEED");

    seed = given != NULL ? (unsigned)strtoul(given, NULL, 0) : 1;
    return cmocka_run_group_tests(tests, print_seed, NULL);
}
