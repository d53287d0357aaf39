/* The analysis of a trace too long for memory: how long it takes, and the most memory it had.
 *
 *     long_trace SHAPE EVENTS [--write]
 *
 * The trace is made as it is read, each time the same. --write prints it in the std format instead.
 * Shapes, of 64 threads and 20,000 locks:
 *   ordered   sections, one in four with another inside, by the numbers of the locks: no cycle
 *   cycles    the same, and now and then one of ten pairs of locks in either order
 *   data      cycles, and in each section a variable that the lock guards is read and written */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "analyzer/base/progress.h"
#include "analyzer/schedule/trace_analysis.h"

#define ARENA_BYTES_MAX ((size_t)64 << 30)

enum { THREADS = 64, PAIRS = 10, LOCKS = 20000, NAME_BYTES = 16, BETWEEN_INVERSIONS = 50000 };

/* Objects: the locks, the variable of each, the ends of the threads. */
enum { FIRST_VARIABLE = LOCKS, FIRST_END = 2 * LOCKS, OBJECTS = FIRST_END + THREADS };

struct generator {
    struct sync_source source;
    struct sync_trace trace;
    struct sync_object objects[OBJECTS];
    bool has_cycles, has_data;
    uint64_t events, made, random;
    sync_take *take;
    void *taker;
};

static uint32_t draw(struct generator *generator, uint32_t limit)
{
    uint64_t *random = &generator->random;
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)((*random >> 32) * limit >> 32);
}

static void make(struct generator *generator, enum sync_event_kind kind, uint32_t thread,
                 uint32_t object, uint32_t site)
{
    const struct sync_event event = {
        .thread = thread, .object = object, .site = site, .kind = (uint8_t)kind};
    generator->made++;
    generator->take(generator->taker, &event);
}

static void begin_section(struct generator *generator, uint32_t thread, uint32_t lock)
{
    make(generator, SYNC_REQUEST, thread, lock, lock % 500);
    make(generator, SYNC_ACQUIRE, thread, lock, lock % 500);
    if (generator->has_data) {
        make(generator, SYNC_READ, thread, FIRST_VARIABLE + lock, 501);
        make(generator, SYNC_WRITE, thread, FIRST_VARIABLE + lock, 502);
    }
}

static void end_section(struct generator *generator, uint32_t thread, uint32_t lock)
{
    make(generator, SYNC_RELEASE, thread, lock, 500);
}

static void nest(struct generator *generator, uint32_t thread, uint32_t outer, uint32_t inner)
{
    begin_section(generator, thread, outer);
    begin_section(generator, thread, inner);
    end_section(generator, thread, inner);
    end_section(generator, thread, outer);
}

/* A thread works on a few locks for some time, then on the next ones, and seldom on one of all;
 * what it holds comes in their order. */
static void work(struct generator *generator, uint32_t thread)
{
    uint32_t now = (uint32_t)(generator->made / 1000000 % 234);
    uint32_t own = 2 * PAIRS + thread * 300 + now + draw(generator, 16);
    uint32_t lock = draw(generator, 64) == 0 ? 2 * PAIRS + draw(generator, LOCKS - 400) : own;
    if (draw(generator, 4) == 0) {
        nest(generator, thread, lock, lock + 1 + draw(generator, 4));
    } else {
        begin_section(generator, thread, lock);
        end_section(generator, thread, lock);
    }
}

/* The threads of a pair take its two locks, the one in one order, the other in the other. */
static void invert(struct generator *generator)
{
    uint32_t pair = draw(generator, PAIRS), first = 2 * pair, second = 2 * pair + 1;
    if (draw(generator, 2) == 0) {
        nest(generator, 1 + first, first, second);
    } else {
        nest(generator, 1 + second, second, first);
    }
}

static bool generate(struct sync_source *source, sync_take *take, void *taker, const char **error)
{
    struct generator *generator = (struct generator *)source;
    (void)error;
    generator->take = take;
    generator->taker = taker;
    generator->made = 0;
    generator->random = 0x9e3779b97f4a7c15;
    progress_begin("making the trace");
    for (uint32_t i = 1; i < THREADS; i++) {
        make(generator, SYNC_CREATE, 0, FIRST_END + i, 503);
        make(generator, SYNC_BEGIN, i, FIRST_END + i, 504);
    }
    for (uint64_t next = 0; generator->made < generator->events;) {
        work(generator, 1 + draw(generator, THREADS - 1));
        if (generator->made < next) {
            continue;
        }
        if (generator->has_cycles) {
            invert(generator);
        }
        progress_at(generator->made, generator->events);
        next = generator->made + BETWEEN_INVERSIONS;
    }
    progress_end();
    return true;
}

static struct generator *create(struct arena *arena, const char *shape, uint64_t events)
{
    struct generator *generator = arena_alloc(arena, 1, sizeof *generator);
    generator->events = events;
    generator->has_data = strcmp(shape, "data") == 0;
    generator->has_cycles = generator->has_data || strcmp(shape, "cycles") == 0;
    if (!generator->has_cycles && strcmp(shape, "ordered") != 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < OBJECTS; i++) {
        generator->objects[i] = (struct sync_object){
            .kind = i < FIRST_VARIABLE ? SYNC_LOCK
                    : i < FIRST_END    ? SYNC_VARIABLE
                                       : SYNC_THREAD,
            .initial = SYNC_UNKNOWN,
            .thread = i < FIRST_END ? SYNC_UNKNOWN : i - FIRST_END,
        };
    }
    generator->trace = (struct sync_trace){
        .thread_count = THREADS, .objects = generator->objects, .object_count = OBJECTS};
    generator->source = (struct sync_source){.read = generate, .trace = &generator->trace};
    return generator;
}

static const char *const *number(struct arena *arena, uint32_t count)
{
    const char **names = arena_alloc(arena, count, sizeof(const char *));
    for (uint32_t i = 0; i < count; i++) {
        names[i] = arena_printf(arena, "%" PRIu32, i);
    }
    return names;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static int analyze(struct arena *arena, struct generator *generator)
{
    struct trace_analysis *reading = arena_alloc(arena, 1, sizeof *reading);
    struct std_names names = {
        .threads = number(arena, THREADS),
        .objects = number(arena, OBJECTS),
        .sites = number(arena, 505),
        .site_count = 505,
    };
    struct execution execution;
    struct analysis analysis;
    const char *error;
    size_t predicted = 0;
    double start = seconds();
    if (!trace_analysis_read(reading, arena, &generator->source, TRACE_KEEP_MOST_EVENTS, &error)) {
        return 1;
    }
    double read = seconds();
    long read_mib = peak_mib();
    trace_analysis_run(reading, &names, "made",
                       &(struct lock_order_options){.keep_dismissed = true}, &execution, &analysis);
    for (size_t i = 0; i < analysis.finding_count; i++) {
        predicted += analysis.findings[i].confidence == CONFIDENCE_PREDICTED;
    }
    printf("%" PRIu64
           " events: read in %.1f s (%.1f million a second), %ld MiB; analysed in %.1f s, "
           "%ld MiB; %zu of %zu findings predicted\n",
           generator->made, read - start, (double)generator->made / (read - start) / 1e6, read_mib,
           seconds() - read, peak_mib(), predicted, analysis.finding_count);
    return 0;
}

static void print_event(void *taker, const struct sync_event *event)
{
    static const char *const words[SYNC_EVENT_KINDS] = {
        [SYNC_ACQUIRE] = "acq(L", [SYNC_RELEASE] = "rel(L", [SYNC_READ] = "r(V",
        [SYNC_WRITE] = "w(V",     [SYNC_CREATE] = "fork(",
    };
    uint32_t object = event->kind == SYNC_CREATE ? event->object - FIRST_END : event->object;
    (void)taker;
    if (words[event->kind] != NULL) {
        printf("T%" PRIu32 "|%s%" PRIu32 ")|%" PRIu32 "\n", event->thread, words[event->kind],
               object, event->site);
    }
}

int main(int argc, char **argv)
{
    struct arena arena;
    int status = 2;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct generator *generator =
        argc > 2 ? create(&arena, argv[1], strtoull(argv[2], NULL, 10)) : NULL;
    if (generator == NULL) {
        fputs("usage: long_trace ordered|cycles|data EVENTS [--write]\n", stderr);
    } else if (argc > 3) {
        generate(&generator->source, print_event, NULL, NULL);
        status = fflush(stdout) == 0 ? 0 : 1;
    } else {
        status = analyze(&arena, generator);
    }
    arena_destroy(&arena);
    return status;
}
