/* Writes traces in the std format, of the shapes that published sets have: how many events, threads
 * and locks, and how the threads of their deadlocks depend on each other.
 *
 *     std_shapes SHAPE [PERCENT]
 *
 * PERCENT of the full number of events (default 100). Each trace is a run that could be: sections
 * are taken one after the other, in an order drawn by a generator with a fixed seed. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shape {
    const char *name;
    void (*write)(const struct shape *shape, uint64_t events);
    uint64_t events;
    uint32_t threads, locks; /* with the main thread */
    uint32_t inversions;     /* pairs of locks taken in both orders */
};

static uint64_t written;
static uint64_t seed = 0x9e3779b97f4a7c15;

static uint32_t draw(uint32_t limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed % limit);
}

static void event(uint32_t thread, const char *operation, char letter, uint32_t object,
                  uint32_t place)
{
    printf("T%" PRIu32 "|%s(%c%" PRIu32 ")|%" PRIu32 "\n", thread, operation, letter, object,
           place);
    written++;
}

static void fork_all(const struct shape *shape)
{
    for (uint32_t i = 1; i < shape->threads; i++)
        event(0, "fork", 'T', i, 1);
}

static void join_all(const struct shape *shape)
{
    for (uint32_t i = 1; i < shape->threads; i++)
        event(0, "join", 'T', i, 2);
}

static void nest(uint32_t thread, uint32_t outer, uint32_t inner, uint32_t place)
{
    event(thread, "acq", 'L', outer, place);
    event(thread, "acq", 'L', inner, place + 1);
    event(thread, "w", 'V', inner, place + 2);
    event(thread, "rel", 'L', inner, place + 3);
    event(thread, "rel", 'L', outer, place + 4);
}

/* A section of one lock with some accesses to what it guards and to the thread's own data. */
static void work(uint32_t thread, uint32_t lock, uint32_t accesses)
{
    uint32_t place = 1000 + draw(500) * 10;

    event(thread, "acq", 'L', lock, place);
    event(thread, "r", 'V', lock, place + 1);
    event(thread, "w", 'V', lock, place + 2);
    event(thread, "rel", 'L', lock, place + 3);
    for (uint32_t i = 0; i < accesses; i++)
        event(thread, draw(3) == 0 ? "w" : "r", 'V', 1000000 + thread * 64 + draw(64), place + 4);
}

/* Each takes the fork on the left, then the one on the right. */
static void write_philosophers(const struct shape *shape, uint64_t events)
{
    fork_all(shape);
    do {
        for (uint32_t i = 1; i < shape->threads; i++)
            nest(i, i, i % (shape->threads - 1) + 1, 10 * i);
    } while (written + 10 * shape->threads < events);
    join_all(shape);
}

/* Two orders, of which the second one's thread has read what the first one wrote after. */
static void write_told(const struct shape *shape, uint64_t events)
{
    fork_all(shape);
    nest(1, 1, 2, 10);
    event(1, "w", 'V', 999, 20);
    event(2, "r", 'V', 999, 21);
    nest(2, 2, 1, 30);
    while (written + 3 * shape->threads < events)
        work(1 + draw(shape->threads - 1), 3 + draw(shape->locks - 2), draw(4));
    join_all(shape);
}

/* Each pair of threads moves money between its two accounts, both ways. */
static void write_bank(const struct shape *shape, uint64_t events)
{
    fork_all(shape);
    for (uint32_t i = 0; i < shape->inversions; i++) {
        nest(2 * i + 1, 2 * i + 1, 2 * i + 2, 10);
        nest(2 * i + 2, 2 * i + 2, 2 * i + 1, 10);
    }
    while (written + shape->threads < events)
        work(1 + draw(shape->threads - 1),
             2 * shape->inversions + 1 + draw(shape->locks - 2 * shape->inversions), draw(6));
    join_all(shape);
}

/* Collections whose locks most threads take in one order, and for each pair one thread in the
 * other; that one waits its turn, by data, until the last time. */
static void write_collections(const struct shape *shape, uint64_t events)
{
    uint32_t workers = shape->threads - 1;
    bool last = false;

    fork_all(shape);
    while (!last) {
        last = written + 200 * shape->threads > events;
        for (uint32_t i = 0; i < shape->inversions; i++) {
            uint32_t backward = workers - i, a = 2 * i + 1, b = 2 * i + 2;
            for (uint32_t t = 1; t <= workers - shape->inversions; t++) {
                if (!last)
                    event(t, "r", 'V', 900 + i, 40);
                nest(t, a, b, 50 + 100 * i);
                work(t, 2 * shape->inversions + 1 + draw(shape->locks - 2 * shape->inversions),
                     draw(8));
                if (!last) {
                    event(t, "w", 'V', 800 + t, 41);
                    event(backward, "r", 'V', 800 + t, 42);
                }
            }
            nest(backward, b, a, 60 + 100 * i);
            event(backward, "w", 'V', 900 + i, 43);
        }
    }
    join_all(shape);
}

/* Locks nest in the order of their numbers, some deep. */
static void write_ranked(const struct shape *shape, uint64_t events)
{
    fork_all(shape);
    while (written + shape->threads < events) {
        uint32_t thread = 1 + draw(shape->threads - 1), lock = 1 + draw(shape->locks - 1);
        if (draw(4) == 0)
            nest(thread, lock, lock + 1 + draw(shape->locks - lock), 100 + draw(100));
        else
            work(thread, lock, draw(40));
    }
    join_all(shape);
}

static const struct shape shapes[] = {
    {"told", write_told, 34, 3, 4, 1},
    {"philosophers", write_philosophers, 58, 5, 4, 1},
    {"bank", write_bank, 1000, 7, 8, 3},
    {"pools", write_bank, 471931, 801, 7532, 200},
    {"list", write_collections, 591284, 17, 17, 1},
    {"crawler", write_ranked, 711412, 61, 31773, 0},
    {"stack", write_collections, 1203868, 17, 25, 2},
    {"simulation", write_ranked, 5265498, 9, 1743, 0},
    {"rest", write_ranked, 7675000, 16, 500, 0},
};

int main(int argc, char **argv)
{
    uint64_t percent = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;

    for (size_t i = 0; argc > 1 && i < sizeof shapes / sizeof *shapes; i++) {
        if (strcmp(shapes[i].name, argv[1]) == 0) {
            shapes[i].write(&shapes[i], shapes[i].events * percent / 100);
            return fflush(stdout) == 0 ? 0 : 1;
        }
    }
    fputs("std_shapes: name one of:", stderr);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        fprintf(stderr, " %s", shapes[i].name);
    fputc('\n', stderr);
    return 2;
}
