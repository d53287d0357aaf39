/* What programs do with the result of a call, one function each: `used_` looks at it on some way,
 * `ignored_` on none, `passed_` returns with it. Built by each compiler there is, at several
 * levels; test_result_use_compiled.c has the functions called here, calls these and reads their
 * code. */
#include "tests/unit/result_use/patterns.h"

#include <stdbool.h>

/* The definition follows. */
#define PATTERN(type, name)                                                                        \
    type name(int a);                                                                              \
    static const struct pattern name##_entry                                                       \
        __attribute__((used, section("patterns"))) = {#name, (void (*)(void))name};                \
    __attribute__((noinline)) type name(int a)

#define USED(name)    PATTERN(int, used_##name)
#define IGNORED(name) PATTERN(int, ignored_##name)
#define PASSED(name)  PATTERN(int, passed_##name)

extern const struct pattern __start_patterns[], __stop_patterns[];

__attribute__((visibility("default"))) const struct pattern *pattern_list(size_t *count)
{
    *count = (size_t)(__stop_patterns - __start_patterns);
    return __start_patterns;
}

int global;
static volatile bool flag;
static volatile long wide;
static volatile double real;
static volatile unsigned char byte;
int table[4]; /* may be changed from outside */
struct pair {
    int first, second;
};

USED(compared)
{
    if (probe(a) != 0)
        other(1);
    return a;
}

USED(negated)
{
    return !probe(a);
}

USED(kept_over_a_call)
{
    int error = probe(a);
    other(a);
    return error;
}

USED(stored)
{
    global = probe(a);
    return 0;
}

USED(stored_as_flag)
{
    flag = probe(a) == 0;
    return 0;
}

USED(stored_as_byte)
{
    byte = (unsigned char)probe(a);
    return 1;
}

USED(widened)
{
    wide = probe(a);
    return 2;
}

USED(as_number)
{
    real = probe(a);
    return 2;
}

USED(as_argument)
{
    other(probe(a));
    return 3;
}

USED(as_late_argument)
{
    return other_of(a, 1, 2, 3, 4, 5, 6, probe(a));
}

USED(as_index)
{
    return table[probe(a) & 3];
}

USED(as_divisor)
{
    return (a + 100) / (probe(a) + 7);
}

USED(divided)
{
    return probe(a) / (a + 7);
}

USED(collected)
{
    int error = 0;
    for (int i = 0; i < 2; i++)
        error |= probe(i);
    return error;
}

USED(in_a_loop)
{
    while (probe(a) == 4)
        a++;
    return 1;
}

USED(on_one_way)
{
    int error = probe(a);
    if (flag)
        other(error);
    return 5;
}

USED(on_the_far_way)
{
    int error = probe(a);
    if (flag) {
        other(a);
        return 6;
    }
    if (table[a & 3] == 17)
        return 7;
    global += error;
    return 8;
}

USED(chosen_by)
{
    return probe(a) ? table[1] : table[2];
}

USED(switched)
{
    switch (probe(a)) {
    case 0:
        return 11;
    case 1:
        return 5;
    case 2:
        other(1);
        return 3;
    case 3:
        other(2);
        return 9;
    case 4:
        return 17;
    case 16:
        leave(1);
    default:
        return 0;
    }
}

USED(leads_to_the_end)
{
    if (probe(a) != 0)
        leave(2);
    return 0;
}

USED(ends_with_it)
{
    leave(probe(a));
}

USED(swapped_in)
{
    return __atomic_exchange_n(&global, probe(a), __ATOMIC_SEQ_CST);
}

USED(added_in)
{
    __atomic_fetch_add(&global, probe(a), __ATOMIC_SEQ_CST);
    return 0;
}

USED(expected_value)
{
    int expected = probe(a);
    return __atomic_compare_exchange_n(&global, &expected, 1, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

USED(upper_part)
{
    return (int)(((unsigned)probe(a) & ~255u) | (unsigned char)a);
}

USED(upper_part_stored)
{
    global = (int)(((unsigned)probe(a) & ~255u) | (unsigned char)a);
    return 0;
}

PATTERN(struct pair, used_in_a_pair)
{
    struct pair pair = {probe(a), a};
    return pair;
}

static __attribute__((noinline)) void touch_nothing(void)
{
    __asm__ volatile("" ::: "memory");
}

USED(over_a_quiet_call)
{
    int error = probe(a);
    touch_nothing();
    return error == 3;
}

USED(by_pointer)
{
    int (*volatile function)(int) = probe;
    return function(a) + 1;
}

USED(after_a_copy)
{
    volatile int error = probe(a);
    return error;
}

IGNORED(void)
{
    (void)probe(a);
    return 0;
}

IGNORED(minus_one)
{
    probe(a);
    return -1;
}

IGNORED(before_a_call)
{
    probe(a);
    other(a);
    return a;
}

IGNORED(twice)
{
    probe(a);
    probe(a + 1);
    return a;
}

IGNORED(before_a_variadic_call)
{
    probe(a);
    return other_of(1, a, 2);
}

IGNORED(before_the_end)
{
    probe(a);
    leave(3);
}

IGNORED(on_both_ways)
{
    probe(a);
    if (flag)
        return table[1];
    other(2);
    return table[2];
}

IGNORED(before_a_comparison)
{
    probe(a);
    return a < global;
}

PATTERN(bool, ignored_before_true)
{
    probe(a);
    return true;
}

PATTERN(void, ignored_with_nothing_returned)
{
    probe(a);
    other(a);
}

PATTERN(unsigned char, ignored_before_a_byte)
{
    probe(a);
    return byte;
}

PASSED(on)
{
    return probe(a);
}

PASSED(on_after_a_store)
{
    int error = probe(a);
    global = a;
    return error;
}
