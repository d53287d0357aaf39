#include "analyzer/suite/suite_family.h"

#include <stdlib.h>

/* What a recording is found by: its program, as the position of a text, pid and start. */
struct relative {
    uint64_t program, pid, start_ns;
    uint32_t recording;
};

static int compare_numbers(uint64_t left, uint64_t right)
{
    return left < right ? -1 : left > right;
}

static int compare_relatives(const void *left, const void *right)
{
    const struct relative *a = left, *b = right;
    int order = compare_numbers(a->program, b->program);

    if (order == 0)
        order = compare_numbers(a->pid, b->pid);
    return order != 0 ? order : compare_numbers(a->start_ns, b->start_ns);
}

/* The last one that is not after `key`; NULL if that is of another process. */
static const struct relative *find_relative(const struct relative *relatives, size_t count,
                                            const struct relative *key)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_relatives(&relatives[middle], key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct relative *found = low == 0 ? NULL : &relatives[low - 1];
    return found != NULL && found->program == key->program && found->pid == key->pid ? found : NULL;
}

static struct relative relative_of(const struct suite *suite, uint32_t recording,
                                   enum suite_recording_word pid)
{
    const uint64_t *words = suite_row(suite, SUITE_RECORDING, recording)->words;

    return (struct relative){words[SUITE_RECORDING_PROGRAM], words[pid],
                             words[SUITE_RECORDING_START_NS], recording};
}

/* A parent began before its child, so that there is no way back. */
static uint32_t root_of(const uint32_t *parents, uint32_t recording)
{
    while (parents[recording] != recording)
        recording = parents[recording];
    return recording;
}

uint32_t *suite_families(struct arena *arena, const struct suite *suite)
{
    size_t count = suite_count(suite, SUITE_RECORDING);
    struct relative *relatives = arena_alloc(arena, count + 1, sizeof *relatives);
    uint32_t *parents = arena_alloc(arena, count + 1, sizeof *parents);
    uint32_t *families = arena_alloc(arena, count + 1, sizeof *families);

    for (uint32_t i = 0; i < count; i++)
        relatives[i] = relative_of(suite, i, SUITE_RECORDING_PID);
    qsort(relatives, count, sizeof *relatives, compare_relatives);
    for (uint32_t i = 0; i < count; i++) {
        struct relative key = relative_of(suite, i, SUITE_RECORDING_PARENT);
        const struct relative *parent = find_relative(relatives, count, &key);
        bool is_earlier = parent != NULL && parent->start_ns < key.start_ns;
        parents[i] = is_earlier ? parent->recording : i;
    }
    for (uint32_t i = 0; i < count; i++)
        families[i] = root_of(parents, i);
    return families;
}
