/* Packed events come back as they were; of damaged blocks no more than there may be. */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "trace/event_pack.h"

enum { EVENTS = TRACE_PACKED_EVENTS };

static struct scene {
    struct event_model model;
    struct trace_event events[EVENTS], unpacked[EVENTS];
    union {
        struct trace_packed block;
        unsigned char bytes[EVENT_PACK_BYTES(EVENTS)];
    } packed;
    unsigned seed;
} scene;

static int set_up(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof scene);
    scene.seed = 1;
    return 0;
}

static struct trace_event section(uint32_t lock, uint32_t number)
{
    return (struct trace_event){
        .object = lock, .sequence = number, .stack = 7, .kind = TRACE_EVENT_SECTION, .span = 1};
}

/* The bytes of the block, which has all `count` events. */
static size_t there_and_back(size_t count)
{
    size_t bytes = event_pack(&scene.model, scene.events, count, &scene.packed.block);
    assert_true(bytes <= sizeof scene.packed);
    assert_int_equal(bytes, scene.packed.block.bytes);
    assert_int_equal(bytes % 8, 0);
    assert_int_equal(scene.packed.block.count, count);
    memset(&scene.model, 0x55, sizeof scene.model);
    assert_int_equal(event_unpack(&scene.model, &scene.packed.block, scene.unpacked), count);
    assert_memory_equal(scene.unpacked, scene.events, count * sizeof scene.events[0]);
    return bytes;
}

static void a_loop_takes_next_to_nothing(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < EVENTS; i++) {
        scene.events[i] = section(i % 3 + 1, i / 3 * 2 + 1);
        scene.events[i].stack = i % 3;
    }
    assert_true(there_and_back(EVENTS) < 100);
}

static void any_of_a_thousand_locks_takes_eight_bytes_at_most(void **state)
{
    (void)state;
    uint32_t numbers[1000] = {0};
    for (uint32_t i = 0; i < EVENTS; i++) {
        uint32_t lock = (uint32_t)rand_r(&scene.seed) % 1000;
        scene.events[i] = section(lock + 1, numbers[lock] += (uint32_t)rand_r(&scene.seed) % 1000);
    }
    assert_true(there_and_back(EVENTS) <= 8 * EVENTS);
}

static void every_number_of_events_comes_back(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < EVENTS; i++)
        scene.events[i] = section(i * i % 5 + 1, i);
    for (size_t count = 0; count <= EVENTS; count += count < 300 ? 1 : 181)
        there_and_back(count);
    there_and_back(EVENTS);
}

/* Fields of every size, also the largest. */
static uint32_t any_number(void)
{
    uint32_t number = (uint32_t)rand_r(&scene.seed) << 16 ^ (uint32_t)rand_r(&scene.seed);
    return number >> (rand_r(&scene.seed) % 32) ^ (rand_r(&scene.seed) % 4 ? 0 : UINT32_MAX);
}

static void anything_comes_back(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < EVENTS; i++) {
            struct trace_event event = {any_number(),
                                        any_number(),
                                        any_number(),
                                        (uint8_t)(rand_r(&scene.seed) % 255 + 1),
                                        (uint8_t)rand_r(&scene.seed),
                                        (uint16_t)any_number()};
            bool repeats = i > 10 && rand_r(&scene.seed) % 3;
            scene.events[i] = repeats ? scene.events[i - 10] : event;
        }
        there_and_back(EVENTS);
    }
}

static void places_not_written_are_left_out(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 10; i++)
        scene.events[i] = section(i + 1, i + 1);
    scene.events[0].kind = scene.events[4].kind = scene.events[9].kind = 0;
    event_pack(&scene.model, scene.events, 10, &scene.packed.block);
    assert_int_equal(scene.packed.block.count, 7);
    assert_int_equal(event_unpack(&scene.model, &scene.packed.block, scene.unpacked), 7);
    assert_int_equal(scene.unpacked[3].object, 6);
}

/* The process was killed while the kernel copied it. */
static void of_a_torn_block_the_beginning_comes_back(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < EVENTS; i++)
        scene.events[i] = section(i * i % 97 + 1, i);
    size_t bytes = there_and_back(EVENTS);
    memset((char *)&scene.packed + bytes / 2, 0, bytes - bytes / 2);
    size_t count = event_unpack(&scene.model, &scene.packed.block, scene.unpacked);
    assert_in_range(count, EVENTS / 4, EVENTS - EVENTS / 4);
    assert_memory_equal(scene.unpacked, scene.events, (count - 1) * sizeof scene.events[0]);
}

/* Read from a copy of just its size, so that sanitizers see what lies outside. */
static void random_bytes_end_within_bounds(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        size_t bytes = sizeof(struct trace_packed) + (size_t)(rand_r(&scene.seed) % 300 * 8);
        struct trace_packed *block = malloc(bytes);
        assert_non_null(block);
        bool has_runs = rand_r(&scene.seed) % 2;
        for (size_t i = 0; i < bytes; i++)
            ((unsigned char *)block)[i] =
                (unsigned char)(rand_r(&scene.seed) | (has_runs ? 0xc0 : 1));
        block->bytes = (uint32_t)bytes;
        assert_true(event_unpack(&scene.model, block, scene.unpacked) <= EVENTS);
        free(block);
    }
}

#define CASE(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_loop_takes_next_to_nothing),
        CASE(any_of_a_thousand_locks_takes_eight_bytes_at_most),
        CASE(every_number_of_events_comes_back),
        CASE(anything_comes_back),
        CASE(places_not_written_are_left_out),
        CASE(of_a_torn_block_the_beginning_comes_back),
        CASE(random_bytes_end_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
