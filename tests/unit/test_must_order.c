/* What semaphores, conditions and locks order in every schedule, and what they only ordered in the
 * run. Each scene has two threads that nest two locks in opposite orders, and something between:
 * it is dismissed if that always brings one before the other. */
#include "tests/unit/unit.h"

#include "analyzer/schedule/witness.h"
#include "tests/support/patterns.h"
#include "tests/support/trace_text.h"

#define FIRST  "1 acq A;1 acq B;1 rel B;1 rel A;"
#define SECOND "2 acq B;2 acq A;2 rel A;2 rel B"

struct judged {
    struct arena arena;
    struct abstract_requests requests;
    struct schedule_index *index;
    size_t patterns, dismissed;
};

static void judge(void *context, const struct abstract_request *const *pattern, size_t count)
{
    struct judged *judged = context;
    struct witness_result result;

    witness_find(judged->index, &judged->arena, pattern, count, &result);
    judged->patterns++;
    judged->dismissed += result.verdict == WITNESS_DISMISSED;
}

static bool is_dismissed(const char *text)
{
    struct judged judged = {0};

    arena_init(&judged.arena, (size_t)1 << 30);
    abstract_requests_collect(&judged.arena, trace_from_text(&judged.arena, text),
                              &judged.requests);
    judged.index = schedule_index_create(&judged.arena, &judged.requests);
    patterns_visit(&judged.requests, judge, &judged);
    arena_destroy(&judged.arena);
    assert_int_equal(judged.patterns, 1);
    return judged.dismissed == 1;
}

struct example {
    const char *name, *text;
    bool is_ordered;
};

#define ASSERT_EXAMPLES(examples)                                                                  \
    for (size_t i = 0; i < sizeof(examples) / sizeof *(examples); i++) {                           \
        if (is_dismissed((examples)[i].text) != (examples)[i].is_ordered) {                        \
            print_message("wrong: %s\n", (examples)[i].name);                                      \
            fail();                                                                                \
        }                                                                                          \
    }

static void conditions(void **state)
{
    static const struct example examples[] = {
        {"the only signal there is", "2 wait c;" FIRST "1 signal c;2 woken c;" SECOND, true},
        {"the only broadcast", "2 wait c;" FIRST "1 broadcast c;2 woken c;" SECOND, true},
        {"another thread's signal could have come instead",
         "2 wait c;" FIRST "1 signal c;2 woken c;3 signal c;" SECOND, false},
        {"another signal, but before the wait",
         "2 signal c;2 wait c;" FIRST "1 signal c;2 woken c;" SECOND, true},
        {"another signal, but after the wait",
         "2 wait c;" FIRST "1 signal c;2 woken c;2 signal c;" SECOND, true},
        {"another signal, but after the one",
         "2 wait c;" FIRST "1 signal c;1 signal c;2 woken c;" SECOND, true},
        {"another signal by who is told by the one",
         "s sem 0;2 wait c;" FIRST "1 signal c;1 post s;3 take s;3 signal c;2 woken c;" SECOND,
         true},
        {"another signal before the first thread's locks",
         "2 wait c;1 signal c;" FIRST "1 signal c;2 woken c;" SECOND, false},
        {"a wait that ended by itself", "2 wait c;" FIRST "1 signal c;2 timeout c;" SECOND, false},
        {"a signal of another condition",
         "2 wait c;3 wait d;" FIRST "1 signal c;1 signal d;3 woken d;2 woken c;" SECOND, true},
    };
    (void)state;
    ASSERT_EXAMPLES(examples);
}

static void semaphores(void **state)
{
    static const struct example examples[] = {
        {"the only post there is", "s sem 0;" FIRST "1 post s;2 take s;" SECOND, true},
        {"one is left over", "s sem 1;" FIRST "1 post s;2 take s;" SECOND, false},
        {"the one left over was taken before",
         "s sem 1;2 take s;" FIRST "1 post s;2 take s;" SECOND, true},
        {"another could post", "s sem 0;" FIRST "1 post s;2 take s;3 post s;" SECOND, false},
        {"what is left over is not known", FIRST "1 post s;2 take s;" SECOND, false},
        {"two that can be in at once", "s sem 2;1 take s;" FIRST "1 post s;2 take s;" SECOND,
         false},
    };
    (void)state;
    ASSERT_EXAMPLES(examples);
}

static void locks(void **state)
{
    static const struct example examples[] = {
        {"a lock held all along that comes first",
         "s sem 0;1 acq L;1 post s;2 take s;" FIRST "1 rel L;2 acq L;2 rel L;" SECOND, true},
        {"a lock held all along, that might come later",
         "1 acq L;" FIRST "1 rel L;2 acq L;2 rel L;" SECOND, false},
        {"a lock that comes first but is given back before",
         "s sem 0;1 acq L;1 post s;2 take s;"
         "1 rel L;" FIRST "2 acq L;2 rel L;" SECOND,
         false},
        {"read by both",
         "s sem 0;1 racq L;1 post s;2 take s;" FIRST "1 rrel L;2 racq L;2 rrel L;" SECOND, false},
        {"read by the second only",
         "s sem 0;1 acq L;1 post s;2 take s;" FIRST "1 rel L;2 racq L;2 rrel L;" SECOND, true},
        {"one after the other",
         "s sem 0;1 acq L;1 post s;3 take s;" FIRST
         "1 rel L;p sem 0;3 acq L;3 post p;2 take p;3 rel L;2 acq L;2 rel L;" SECOND,
         true},
        {"given back by another",
         "s sem 0;1 acq L;1 post s;2 take s;" FIRST "3 rel L;2 acq L;2 rel L;" SECOND, false},
    };
    (void)state;
    ASSERT_EXAMPLES(examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(semaphores),
        cmocka_unit_test(locks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
