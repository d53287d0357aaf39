/* Patterns and their verdicts, on traces written by hand. Each witness is replayed by the
 * simulator. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include "analyzer/schedule/simulator.h"
#include "analyzer/schedule/witness.h"
#include "tests/support/patterns.h"
#include "tests/support/trace_text.h"

struct verdicts {
    struct arena arena;
    struct sync_trace *trace;
    struct abstract_requests requests;
    struct schedule_index *index;
    struct simulator *simulator;
    size_t patterns, in_order, reversed, guessed, skipping, dismissed, unknown, wrong;
    struct witness_result last;
};

static void judge(void *context, const struct abstract_request *const *pattern, size_t count)
{
    struct verdicts *verdicts = context;
    struct witness_result *result = &verdicts->last;

    verdicts->patterns++;
    witness_find(verdicts->index, &verdicts->arena, pattern, count, result);
    verdicts->dismissed += result->verdict == WITNESS_DISMISSED;
    verdicts->unknown += result->verdict == WITNESS_UNKNOWN;
    if (result->verdict != WITNESS_FOUND)
        return;
    struct simulator_replay replay =
        simulator_replay(verdicts->simulator, result->witness.order, result->witness.order_count,
                         result->witness.requests, result->witness.request_count);
    verdicts->reversed += result->witness.is_reversed;
    verdicts->in_order += !result->witness.is_reversed;
    verdicts->skipping += result->witness.skips_signal;
    verdicts->guessed += result->witness.is_guessed;
    if (replay.verdict != (result->witness.is_guessed ? SIMULATOR_UNCERTAIN : SIMULATOR_DEADLOCK)) {
        print_message("%s, at %zu\n", simulator_verdict_text(replay.verdict), replay.at);
        verdicts->wrong++;
    }
}

static void find_verdicts(struct verdicts *verdicts, const char *text)
{
    *verdicts = (struct verdicts){0};
    arena_init(&verdicts->arena, (size_t)1 << 30);
    verdicts->trace = trace_from_text(&verdicts->arena, text);
    abstract_requests_collect(&verdicts->arena, verdicts->trace, &verdicts->requests);
    verdicts->index = schedule_index_create(&verdicts->arena, &verdicts->requests);
    verdicts->simulator = simulator_create(&verdicts->arena, verdicts->trace);
    patterns_visit(&verdicts->requests, judge, verdicts);
}

/* The traces of a published set of cases and those of this project, with how many patterns they
 * have and what becomes of them; the rest is unknown. */
static const struct example {
    const char *name;
    size_t patterns, in_order, reversed, dismissed;
    const char *text;
} examples[] = {
    {"two locks in both orders", 1, 1, 0, 0,
     "0 create 1;0 acq A;0 acq B;0 rel B;0 rel A;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"by one thread", 0, 0, 0, 0,
     "0 create 1;1 acq A;1 rel A;0 acq A;0 acq B;0 rel B;0 rel A;0 acq B;0 acq A;0 rel A;0 rel B"},
    {"under a gate", 0, 0, 0, 0,
     "0 create 1;0 acq G;0 acq A;0 acq B;0 rel B;0 rel A;0 rel G;"
     "1 acq G;1 acq B;1 acq A;1 rel A;1 rel B;1 rel G"},
    {"a read of what was written between", 1, 0, 0, 0,
     "0 create 1;0 acq A;0 acq B;0 rel B;0 rel A;0 acq C;0 w x;0 rel C;"
     "1 acq C;1 r x;1 rel C;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"the same without the data", 1, 1, 0, 0,
     "0 create 1;0 acq A;0 acq B;0 rel B;0 rel A;0 acq C;0 rel C;"
     "1 acq C;1 rel C;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a join with a lock held that the joined thread does not want", 1, 1, 0, 0,
     "0 create 2;0 acq A;0 create 1;1 begin;1 acq B;1 rel B;1 end;0 ask 1;0 join 1;0 rel A;"
     "2 acq B;2 acq A;2 rel A;2 rel B"},
    {"a create inside the sections, a join before the inversion", 1, 0, 0, 1,
     "v acq B;v acq A;v create u;u begin;v rel A;v rel B;u acq C;u rel C;u end;m ask u;m join u;"
     "m acq A;m acq B;m rel B;m rel A"},
    {"a create inside the outer section, the child between", 1, 0, 0, 1,
     "v acq B;v create u;u begin;v acq A;v rel A;v rel B;u acq B;u rel B;u end;m ask u;m join u;"
     "m acq A;m acq B;m rel B;m rel A"},
    {"a join between", 1, 0, 0, 1,
     "0 create 1;1 begin;1 acq A;1 acq B;1 rel B;1 rel A;1 end;0 ask 1;0 join 1;0 create 2;"
     "2 acq B;2 acq A;2 rel A;2 rel B"},
    {"three locks in a circle", 1, 1, 0, 0,
     "1 acq A;1 acq B;1 rel B;1 rel A;2 acq B;2 acq C;2 rel C;2 rel B;"
     "3 acq C;3 acq A;3 rel A;3 rel C"},
    {"readers only", 0, 0, 0, 0,
     "1 racq A;1 racq B;1 rrel B;1 rrel A;2 racq B;2 racq A;2 rrel A;2 rrel B"},
    {"readers inside whom writers wait", 1, 1, 0, 0,
     "1 racq A;1 acq B;1 rel B;1 rrel A;2 racq B;2 acq A;2 rel A;2 rrel B"},
    {"the inner lock only tried", 0, 0, 0, 0,
     "1 acq A;1 tacq B;1 rel B;1 rel A;2 acq B;2 acq A;2 rel A;2 rel B"},
    {"the outer lock only tried", 1, 1, 0, 0,
     "1 tacq A;1 acq B;1 rel B;1 rel A;2 acq B;2 acq A;2 rel A;2 rel B"},
    {"a gate that both only read", 1, 1, 0, 0,
     "1 racq G;1 acq A;1 acq B;1 rel B;1 rel A;1 rrel G;"
     "2 racq G;2 acq B;2 acq A;2 rel A;2 rel B;2 rrel G"},
    {"sections that must change places", 1, 0, 1, 0,
     "1 acq A;1 acq C;1 rel C;1 rel A;0 acq A;0 acq C;0 rel A;0 acq A;0 rel A;0 rel C"},
    {"readers behind a writer", 1, 1, 0, 0,
     "A queue;B queue;1 racq A;1 racq B;1 rrel B;1 rrel A;2 racq B;2 racq A;2 rrel A;2 rrel B;"
     "3 acq A;3 rel A;4 acq B;4 rel B"},
    {"readers with no writer for one of the locks", 1, 0, 0, 0,
     "A queue;B queue;1 racq A;1 racq B;1 rrel B;1 rrel A;2 racq B;2 racq A;2 rrel A;2 rrel B;"
     "3 acq A;3 rel A"},
    {"a join with a lock held that the joined thread wants", 1, 1, 0, 0,
     "0 create 1;1 begin;1 acq A;1 rel A;1 end;0 acq A;0 ask 1;0 join 1;0 rel A"},
    {"a join in a circle of three, of a thread created with its lock held", 1, 1, 0, 0,
     "0 acq A;0 create 1;0 rel A;1 begin;1 acq A;1 rel A;1 end;0 acq B;0 ask 1;0 join 1;0 rel B;"
     "0 acq A;0 rel A;2 acq A;2 acq B;2 rel B;2 rel A"},
    {"a join by a thread without locks that another joins with one", 1, 1, 0, 0,
     "0 acq A;0 create 1;0 rel A;1 begin;1 create 2;2 begin;0 acq A;0 ask 1;1 ask 2;2 req A"},
    {"a try that failed as a reader had the lock twice", 1, 1, 0, 0,
     "R queue;0 racq R;0 racq R;1 tfail R;0 rrel R;0 rrel R;0 acq A;0 acq B;0 rel B;0 rel A;"
     "1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a semaphore that lets one go after the other", 1, 0, 0, 1,
     "s sem 0;0 acq A;0 acq B;0 rel B;0 rel A;0 post s;1 take s;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a semaphore that has room for both", 1, 1, 0, 0,
     "s sem 2;0 take s;0 acq A;0 acq B;0 rel B;0 rel A;0 post s;"
     "1 take s;1 acq B;1 acq A;1 rel A;1 rel B;1 post s"},
    {"a semaphore that another could serve", 1, 0, 0, 0,
     "s sem 0;0 acq A;0 acq B;0 rel B;0 rel A;0 post s;1 take s;1 acq B;1 acq A;1 rel A;1 rel B;"
     "2 post s"},
    {"a barrier that all its threads pass between", 1, 0, 0, 1,
     "b barrier 2;0 acq A;0 acq B;0 rel B;0 rel A;0 enter b;1 enter b;0 leave b;1 leave b;"
     "1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a condition signalled between", 1, 0, 0, 1,
     "1 acq M;1 wait c;1 rel M;0 acq A;0 acq B;0 rel B;0 rel A;0 acq M;0 signal c;0 rel M;"
     "1 woken c;1 acq M;1 rel M;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a condition that another could have signalled", 1, 0, 0, 0,
     "1 acq M;1 wait c;1 rel M;0 acq A;0 acq B;0 rel B;0 rel A;0 signal c;"
     "1 woken c;1 acq M;1 rel M;2 signal c;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a wait that ended by itself", 1, 1, 0, 0,
     "1 acq M;1 wait c;1 rel M;0 acq A;0 acq B;0 rel B;0 rel A;"
     "1 timeout c;1 acq M;1 rel M;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a try that failed while another held the lock", 1, 1, 0, 0,
     "0 acq T;1 tfail T;0 acq A;0 acq B;0 rel B;0 rel A;0 rel T;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"an initialiser run between", 1, 0, 0, 0,
     "0 acq A;0 acq B;0 rel B;0 rel A;0 acq o;0 rel o;1 pass o;1 acq B;1 acq A;1 rel A;1 rel B"},
    {"a lock that another gives back", 1, 0, 0, 0,
     "1 acq S;0 acq A;0 acq B;0 rel B;0 rel A;0 rel S;1 acq S;1 acq B;1 acq A;1 rel A;1 rel B"},
};

static void every_example_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *example = &examples[i];
        struct verdicts verdicts;
        find_verdicts(&verdicts, example->text);
        if (verdicts.patterns != example->patterns || verdicts.in_order != example->in_order ||
            verdicts.reversed != example->reversed || verdicts.dismissed != example->dismissed)
            print_message("wrong: %s\n", example->name);
        assert_int_equal(verdicts.patterns, example->patterns);
        assert_int_equal(verdicts.in_order, example->in_order);
        assert_int_equal(verdicts.reversed, example->reversed);
        assert_int_equal(verdicts.dismissed, example->dismissed);
        assert_int_equal(verdicts.wrong, 0);
        arena_destroy(&verdicts.arena);
    }
}

static void a_try_of_unclear_cause_makes_the_witness_a_guess(void **state)
{
    struct verdicts verdicts;
    (void)state;
    find_verdicts(&verdicts, "0 acq T;1 gfail T;0 acq A;0 acq B;0 rel B;0 rel A;0 rel T;"
                             "1 acq B;1 acq A;1 rel A;1 rel B");
    assert_int_equal(verdicts.guessed, 1);
    assert_int_equal(verdicts.wrong, 0);
    arena_destroy(&verdicts.arena);
}

/* 2 waits at the place where 1 found it ready; or nobody does. */
static void not_having_waited_may_be_for_a_signal(void **state)
{
    static const char text[] = "0 acq A;0 acq B;0 rel B;0 rel A;0 acq M;0 broadcast c;0 rel M;"
                               "1 acq M;1 rel M;1 acq B;1 acq A;1 rel A;1 rel B";
    static const char waiter[] = "2 acq M;2 wait c;2 wrel M;";
    struct verdicts verdicts;
    char both[sizeof text + sizeof waiter];

    (void)state;
    find_verdicts(&verdicts, text);
    assert_int_equal(verdicts.in_order, 1);
    assert_int_equal(verdicts.skipping, 0);
    arena_destroy(&verdicts.arena);
    snprintf(both, sizeof both, "%s%s", waiter, text);
    find_verdicts(&verdicts, both);
    assert_int_equal(verdicts.in_order, 1);
    assert_int_equal(verdicts.skipping, 1);
    assert_int_equal(verdicts.wrong, 0);
    arena_destroy(&verdicts.arena);
}

/* The join's event comes after the end of the thread it waited for. */
static void a_dismissal_names_the_events_that_order(void **state)
{
    struct verdicts verdicts;
    (void)state;
    find_verdicts(&verdicts, "0 create 1;1 begin;1 acq A;1 acq B;1 rel B;1 rel A;1 end;0 ask 1;"
                             "0 join 1;0 create 2;2 begin;2 acq B;2 acq A;2 rel A;2 rel B");
    const struct witness_dismissal *dismissal = &verdicts.last.dismissal;
    const struct sync_event *events = verdicts.trace->events;

    assert_int_equal(verdicts.last.verdict, WITNESS_DISMISSED);
    assert_int_equal(events[dismissal->from].kind, SYNC_END);
    assert_int_equal(events[dismissal->to].kind, SYNC_JOIN);
    assert_int_not_equal(dismissal->earlier, dismissal->later);
    arena_destroy(&verdicts.arena);
}

/* The first ways to play the pattern are over before the other thread begins, the last is not. */
static void takes_the_request_that_can_still_be_made(void **state)
{
    struct verdicts verdicts;
    (void)state;
    find_verdicts(&verdicts, "0 acq A;0 acq B;0 rel B;0 rel A;0 acq A;0 acq B;0 rel B;0 rel A;"
                             "0 create 1;0 acq A;0 acq B;0 rel B;0 rel A;"
                             "1 begin;1 acq B;1 acq A;1 rel A;1 rel B");
    uint32_t thread = verdicts.trace->events[verdicts.last.witness.requests[0]].thread;
    uint32_t of_first = verdicts.last.witness.requests[thread == 0 ? 0 : 1];

    assert_int_equal(verdicts.in_order, 1);
    assert_int_equal(verdicts.wrong, 0);
    assert_true(of_first > 8);
    arena_destroy(&verdicts.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_has_its_verdict),
        cmocka_unit_test(a_try_of_unclear_cause_makes_the_witness_a_guess),
        cmocka_unit_test(not_having_waited_may_be_for_a_signal),
        cmocka_unit_test(a_dismissal_names_the_events_that_order),
        cmocka_unit_test(takes_the_request_that_can_still_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
