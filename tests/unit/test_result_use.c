/* Whether the code after a call looks at its result, on sequences as assemblers write them. What
 * compilers make of C is told by result_use/ here, and by tests/misuse. */
#include "tests/unit/unit.h"

#include "analyzer/misuse/result_use.h"

#define START 0x1000u

static enum result_use use_of(const void *bytes, size_t size)
{
    const struct code code = {.bytes = bytes, .start = START, .size = size};
    return result_use_find(&code, START);
}

#define USE_OF(...) use_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* One instruction each. */
#define TEST_EAX     0x85, 0xc0
#define MOV_EBX_EAX  0x89, 0xc3
#define SPILL_EAX    0x89, 0x45, 0xfc
#define ZERO_EAX     0x31, 0xc0
#define MOV_EAX_1    0xb8, 0x01, 0x00, 0x00, 0x00
#define MOV_EAX_EBX  0x89, 0xd8
#define MOV_EBX_1    0xbb, 0x01, 0x00, 0x00, 0x00
#define CDQE         0x48, 0x98
#define OR_EAX_ALL   0x83, 0xc8, 0xff
#define SBB_EAX      0x19, 0xc0
#define MOV_AL_CL    0x88, 0xc8
#define TEST_AL      0x84, 0xc0
#define MOVZX_AL     0x0f, 0xb6, 0xc0
#define CMOV_EAX_EBX 0x0f, 0x44, 0xc3
#define SETE_AL      0x0f, 0x94, 0xc0
#define PUSH_RAX     0x50
#define POP_RBX      0x5b
#define LEAVE        0xc9
#define RET          0xc3
#define NOP          0x90
#define UD2          0x0f, 0x0b
#define CALL_OUT     0xe8, 0x00, 0x10, 0x00, 0x00 /* to where no code is */
#define CALL_GOT     0xff, 0x15, 0x00, 0x10, 0x00, 0x00
#define JMP_GOT      0xff, 0x25, 0x00, 0x10, 0x00, 0x00
#define JMP_RDX      0xff, 0xe2
#define JE(n)        0x74, n
#define JMP(n)       0xeb, n

static void looking_at_it_is_a_use(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(TEST_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(MOV_EBX_EAX, ZERO_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(SPILL_EAX, ZERO_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(CDQE, RET), RESULT_USED);
    assert_int_equal(USE_OF(PUSH_RAX, ZERO_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(NOP, POP_RBX, MOV_EBX_1, TEST_EAX), RESULT_USED);
}

static void overwriting_it_first_is_none(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(ZERO_EAX, TEST_EAX, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(MOV_EAX_1, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(MOV_EAX_EBX, LEAVE, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(POP_RBX, SETE_AL, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(OR_EAX_ALL, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(SBB_EAX, RET), RESULT_IGNORED);
}

/* As gcc puts a byte into an int. */
static void overwriting_a_part_leaves_the_rest(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(MOV_AL_CL, SPILL_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(MOV_AL_CL, JE(1), RET, TEST_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(MOV_AL_CL, TEST_AL, MOVZX_AL, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(TEST_AL, RET), RESULT_USED);
}

static void another_call_overwrites_it(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(MOV_EBX_1, CALL_GOT, TEST_EAX, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(JMP_GOT), RESULT_IGNORED);
}

/* call +1; ret; then the callee: nothing but a return. */
static void a_callee_that_leaves_it_alone_does_not(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(0xe8, 0x03, 0x00, 0x00, 0x00, TEST_EAX, RET, MOV_EBX_1, RET),
                     RESULT_USED);
    assert_int_equal(USE_OF(0xe8, 0x03, 0x00, 0x00, 0x00, TEST_EAX, RET, MOV_EAX_1, RET),
                     RESULT_IGNORED);
    assert_int_equal(USE_OF(CALL_OUT, TEST_EAX, RET), RESULT_UNKNOWN);
}

static void returning_with_it_passes_it_on(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(RET), RESULT_PASSED);
    assert_int_equal(USE_OF(NOP, POP_RBX, LEAVE, RET), RESULT_PASSED);
}

static void every_way_counts(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(JE(3), ZERO_EAX, RET, TEST_EAX, RET), RESULT_USED);
    assert_int_equal(USE_OF(JE(3), ZERO_EAX, RET, MOV_EAX_1, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(JE(3), ZERO_EAX, RET, RET), RESULT_PASSED);
    assert_int_equal(USE_OF(JMP(2), TEST_EAX, ZERO_EAX, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(JE(2), UD2, ZERO_EAX, RET), RESULT_IGNORED);
}

static void keeping_it_on_a_condition_is_no_overwriting(void **state)
{
    (void)state;
    assert_int_not_equal(USE_OF(CMOV_EAX_EBX, TEST_EAX, RET), RESULT_IGNORED);
}

static void loops_end(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(NOP, JE(0xfd), ZERO_EAX, RET), RESULT_IGNORED);
    assert_int_equal(USE_OF(JMP(0xfe)), RESULT_UNKNOWN);
}

static void what_cannot_be_followed_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(USE_OF(JMP_RDX), RESULT_UNKNOWN);
    assert_int_equal(USE_OF(NOP), RESULT_UNKNOWN);
    assert_int_equal(USE_OF(0x06), RESULT_UNKNOWN);
    assert_int_equal(USE_OF(JE(2), JMP_RDX, ZERO_EAX, RET), RESULT_UNKNOWN);
    static uint8_t long_way[4096];
    for (size_t i = 0; i < sizeof long_way; i++) {
        long_way[i] = 0x90;
    }
    assert_int_equal(use_of(long_way, sizeof long_way), RESULT_UNKNOWN);
}

/* Addresses before and after the code, and far from it. */
static void an_address_outside_is_unknown(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {ZERO_EAX, RET};
    const struct code code = {.bytes = bytes, .start = START, .size = sizeof bytes};
    assert_int_equal(result_use_find(&code, START - 1), RESULT_UNKNOWN);
    assert_int_equal(result_use_find(&code, START + sizeof bytes), RESULT_UNKNOWN);
    assert_int_equal(result_use_find(&code, UINT64_MAX), RESULT_UNKNOWN);
    assert_int_equal(result_use_find(&code, START), RESULT_IGNORED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_at_it_is_a_use),
        cmocka_unit_test(overwriting_it_first_is_none),
        cmocka_unit_test(overwriting_a_part_leaves_the_rest),
        cmocka_unit_test(another_call_overwrites_it),
        cmocka_unit_test(a_callee_that_leaves_it_alone_does_not),
        cmocka_unit_test(returning_with_it_passes_it_on),
        cmocka_unit_test(every_way_counts),
        cmocka_unit_test(keeping_it_on_a_condition_is_no_overwriting),
        cmocka_unit_test(loops_end),
        cmocka_unit_test(what_cannot_be_followed_is_unknown),
        cmocka_unit_test(an_address_outside_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
