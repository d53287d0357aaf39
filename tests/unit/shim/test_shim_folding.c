/* Locks that come and go in random programs: what is taken back from the recording hides no cycle.
 *
 * Three threads, locks that stay and locks that end. The model keeps every dependency ever made.
 * Each circle of two or three of them, by different threads without a common gate, must be in the
 * recording too, with ended locks told by their class; so must each chain of classes. */
#include "tests/unit/shim/random.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim/core/chain_store.h"
#include "shim/core/chain_table.h"
#include "shim/core/dependency.h"
#include "shim/platform/recording.h"
#include "tests/unit/shim/scene.h"
#include "trace/reader.h"

enum { THREADS = 3, LASTING = 3, PASSING = 4, LOCKS = LASTING + PASSING, DEPTH = 3 };
enum {
    PROGRAMS = 1500,
    STEPS = 500,
    SCRIPTS = 4,
    ROUNDS = 60,
    MOST = 512,
    SHAPES = 200000,
    NAMES = 100000
};

struct step {
    uint32_t thread, segment, lock, site, count;
    uint32_t held[DEPTH], held_site[DEPTH];
};

/* All bytes count. */
struct shape {
    struct step steps[3];
};

struct model {
    struct random random;
    struct shim_thread threads[THREADS];
    struct trace_held held[THREADS][DEPTH + 1];
    struct step made[MOST];
    uint32_t made_count, first_lock;
    uint32_t disorder; /* so many requests in 64 go against the order of the locks */
    bool ended[NAMES]; /* by lock id, from first_lock on */
    uint32_t class_of[NAMES];
    uint64_t made_in_all, told_in_all, circles;
};

static pthread_mutex_t lasting[LASTING];
static pthread_mutex_t *passing;
static const struct known_stack *sites[2];
static uint32_t last_thread = 1000;

static pthread_mutex_t *lock_at(uint32_t number)
{
    return number < LASTING ? &lasting[number] : &passing[number - LASTING];
}

static uint32_t number_of(const struct trace_held *held)
{
    uint32_t number = 0;
    while (held->address != (uintptr_t)lock_at(number))
        number++;
    return number;
}

static void create_lock(struct model *model, uint32_t number)
{
    uint32_t site = number % 2;
    struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX, .stack = sites[site]->id};
    lock_table_create(lock_at(number), &birth);
    uint32_t id = lock_table_find(lock_at(number)) - model->first_lock;
    assert_true(id < NAMES);
    model->class_of[id] = number < LASTING ? 10 + number : 1 + site;
}

static bool is_held(const struct model *model, uint32_t number)
{
    for (uint32_t t = 0; t < THREADS; t++) {
        const struct shim_thread *thread = &model->threads[t];
        for (const struct trace_held *held = thread->held; held != thread->top; held++) {
            if (held->address == (uintptr_t)lock_at(number))
                return true;
        }
    }
    return false;
}

static bool same_step(const struct step *a, const struct step *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static struct step step_of(const struct shim_thread *thread)
{
    struct step step;
    memset(&step, 0, sizeof(step));
    step.thread = thread->id;
    step.segment = thread->segment;
    step.lock = thread->top->lock;
    step.site = thread->top->stack;
    step.count = thread_held_count(thread);
    for (uint32_t i = 0; i < step.count; i++) {
        step.held[i] = thread->held[i].lock;
        step.held_site[i] = thread->held[i].stack;
    }
    return step;
}

/* As the slow path of an acquisition does it. */
static void acquire(struct model *model, struct shim_thread *thread, uint32_t number)
{
    const struct known_stack *stack = sites[random_once_in(&model->random, 16)];
    struct trace_held *entry = thread->top;
    bool against_order = random_below(&model->random, 64) < model->disorder;
    for (const struct trace_held *held = thread->held; held != entry; held++) {
        if (held->address == (uintptr_t)lock_at(number) ||
            (number < number_of(held) && !against_order))
            return;
    }
    *entry = (struct trace_held){.address = (uintptr_t)lock_at(number),
                                 .lock = lock_table_find(lock_at(number)),
                                 .stack = stack->id,
                                 .site_mode = stack->site << 4,
                                 .count = 1};
    uint32_t parent = entry == thread->held ? 0 : entry[-1].chain;
    entry->chain = chain_table_enter(parent, entry->lock, entry->site_mode);
    assert_agrees(&model->random, entry->chain != 0);
    struct step step = step_of(thread);
    bool known = step.count == 0;
    for (uint32_t i = 0; i < model->made_count; i++)
        known |= same_step(&model->made[i], &step);
    if (!known) {
        assert_true(model->made_count < MOST);
        model->made[model->made_count++] = step;
        dependency_record(thread, entry);
    }
    thread->top++;
}

static void end_lock(struct model *model, uint32_t number)
{
    if (is_held(model, number))
        return;
    model->ended[lock_table_find(lock_at(number)) - model->first_lock] = true;
    lock_table_retire(lock_at(number));
    create_lock(model, number);
}

static void run_randomly(struct model *model)
{
    for (uint32_t i = 0; i < STEPS && model->made_count < MOST - 1; i++) {
        struct shim_thread *thread = &model->threads[random_below(&model->random, THREADS)];
        uint32_t choice = random_below(&model->random, 100);
        if (choice < 45 && thread_held_count(thread) < DEPTH)
            acquire(model, thread, random_below(&model->random, LOCKS));
        else if (choice < 84 && thread->top != thread->held)
            thread->top--;
        else if (choice >= 84 && choice < 99)
            end_lock(model, LASTING + random_below(&model->random, PASSING));
        else if (choice == 99)
            thread->segment++;
    }
}

/* The same few nestings over and over, with new locks: twins. */
static void run_scripts(struct model *model)
{
    uint32_t scripts[SCRIPTS][DEPTH];
    for (uint32_t i = 0; i < SCRIPTS * DEPTH; i++)
        scripts[i / DEPTH][i % DEPTH] = random_below(&model->random, LASTING + 2);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t script = random_below(&model->random, SCRIPTS);
        struct shim_thread *thread =
            &model->threads[(script + random_once_in(&model->random, 9)) % THREADS];
        for (uint32_t at = 0; at < DEPTH; at++)
            acquire(model, thread, scripts[script][at]);
        thread->top = thread->held;
        for (uint32_t number = LASTING; number < LASTING + 2; number++) {
            if (random_once_in(&model->random, 2))
                end_lock(model, number);
        }
    }
}

/* How a lock is told: an ended one by its class, which lies below all ids. */
static uint32_t name(const struct model *model, uint32_t lock, bool all_by_class)
{
    uint32_t place = lock - model->first_lock;
    return model->ended[place] || all_by_class ? model->class_of[place] : 1000 + place;
}

static struct step named(const struct model *model, const struct step *step, bool all_by_class)
{
    struct step told = *step;
    told.lock = name(model, step->lock, all_by_class);
    for (uint32_t i = 0; i < step->count; i++)
        told.held[i] = name(model, step->held[i], all_by_class);
    return told;
}

static bool holds(const struct step *step, uint32_t lock)
{
    for (uint32_t i = 0; i < step->count; i++) {
        if (step->held[i] == lock)
            return true;
    }
    return false;
}

static bool may_meet(const struct step *a, const struct step *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (holds(b, a->held[i]))
            return false;
    }
    return a->thread != b->thread;
}

struct shapes {
    struct shape *items;
    size_t count;
};

static int compare_shapes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct shape));
}

static void add_shape(const struct model *model, struct shapes *shapes, const struct step *a,
                      const struct step *b, const struct step *c)
{
    struct shape shape;
    memset(&shape, 0, sizeof(shape));
    shape.steps[0] = named(model, a, b == NULL);
    if (b)
        shape.steps[1] = named(model, b, false);
    if (c)
        shape.steps[2] = named(model, c, false);
    assert_true(shapes->count < SHAPES);
    shapes->items[shapes->count++] = shape;
}

/* Each circle is met once from each of its steps, so that it needs no first one. */
static void find_shapes(const struct model *model, const struct step *steps, uint32_t count,
                        struct shapes *shapes)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct step *a = &steps[i];
        add_shape(model, shapes, a, NULL, NULL);
        for (uint32_t j = 0; j < count; j++) {
            const struct step *b = &steps[j];
            if (!holds(b, a->lock) || !may_meet(a, b))
                continue;
            if (holds(a, b->lock))
                add_shape(model, shapes, a, b, NULL);
            for (uint32_t k = 0; k < count; k++) {
                const struct step *c = &steps[k];
                if (holds(c, b->lock) && holds(a, c->lock) && may_meet(a, c) && may_meet(b, c) &&
                    a->lock != b->lock && b->lock != c->lock && a->lock != c->lock)
                    add_shape(model, shapes, a, b, c);
            }
        }
    }
    qsort(shapes->items, shapes->count, sizeof(struct shape), compare_shapes);
}

static struct step told_step(const struct trace_dependency *record)
{
    struct step step;
    memset(&step, 0, sizeof(step));
    step.thread = record->thread;
    step.segment = record->segment;
    step.lock = record->lock;
    step.site = record->stack;
    step.count = record->held_count;
    for (uint32_t i = 0; i < step.count; i++) {
        step.held[i] = record->held[i].lock;
        step.held_site[i] = record->held[i].stack;
    }
    return step;
}

/* What the recording tells, each of it made, and every lock in it defined. */
static uint32_t read_told(const struct model *model, struct step *told)
{
    static bool defined[NAMES];
    struct trace_reader reader, start;
    const struct trace_record *record;
    uint32_t count = 0;
    size_t bytes;
    void *data = scene_read(recording_path(), &bytes);
    memset(defined, 0, sizeof(defined));
    assert_int_equal(trace_reader_open(&start, data, bytes), TRACE_OK);
    for (reader = start; trace_reader_next(&reader, &record) == TRACE_OK;) {
        if (record->kind == TRACE_LOCK)
            defined[((const struct trace_lock *)record)->id - model->first_lock] = true;
    }
    for (reader = start; trace_reader_next(&reader, &record) == TRACE_OK;) {
        if (record->kind != TRACE_DEPENDENCY)
            continue;
        struct step step = told_step((const struct trace_dependency *)record);
        bool made = false;
        for (uint32_t i = 0; i < model->made_count; i++)
            made |= same_step(&model->made[i], &step);
        assert_agrees(&model->random, made && defined[step.lock - model->first_lock]);
        for (uint32_t i = 0; i < step.count; i++)
            assert_agrees(&model->random, defined[step.held[i] - model->first_lock]);
        assert_true(count < MOST);
        told[count++] = step;
    }
    const struct trace_header *header = trace_reader_header(&start);
    assert_int_equal(header->dependencies_seen - header->dependencies_folded, count);
    free(data);
    return count;
}

static void nothing_is_hidden(struct model *model)
{
    static struct step told[MOST];
    static struct shapes made = {0}, left = {0};
    if (!made.items)
        made.items = malloc(SHAPES * sizeof(struct shape));
    if (!left.items)
        left.items = malloc(SHAPES * sizeof(struct shape));
    assert_true(made.items && left.items);
    made.count = left.count = 0;
    uint32_t count = read_told(model, told);
    find_shapes(model, model->made, model->made_count, &made);
    find_shapes(model, told, count, &left);
    for (size_t i = 0; i < made.count; i++) {
        model->circles += made.items[i].steps[1].count != 0;
        assert_agrees(&model->random, bsearch(&made.items[i], left.items, left.count,
                                              sizeof(struct shape), compare_shapes));
    }
    model->made_in_all += model->made_count;
    model->told_in_all += count;
}

static void start_program(struct model *model)
{
    recording_after_fork();
    scene_record();
    model->made_count = 0;
    memset(model->ended, 0, sizeof(model->ended));
    for (uint32_t t = 0; t < THREADS; t++) {
        struct shim_thread *thread = &model->threads[t];
        memset(thread, 0, sizeof(*thread));
        thread->id = ++last_thread;
        thread->held = thread->top = model->held[t];
    }
    lock_table_create(lock_at(0), &(struct lock_birth){.kind = TRACE_LOCK_MUTEX});
    model->first_lock = lock_table_find(lock_at(0));
    for (uint32_t number = 0; number < LOCKS; number++)
        create_lock(model, number);
}

static uint32_t count_chains(void)
{
    uint32_t count = 0;
    for (uint32_t index = 1; index <= chain_last(); index++)
        count += chain_at(index)->lock != 0;
    return count;
}

/* With all locks ended, only what lies on a circle is left in memory. */
static void end_program(struct model *model, uint32_t chains_before)
{
    for (uint32_t number = 0; number < LOCKS; number++)
        lock_table_retire(lock_at(number));
    if (!model->disorder)
        assert_agrees(&model->random, count_chains() == chains_before);
    unlink(recording_path());
}

static void no_cycle_is_lost_when_locks_end(void **state)
{
    static const uint32_t disorders[] = {64, 0, 2, 8, 64};
    static struct model model;
    (void)state;
    model.random = random_from(77);
    for (uint32_t program = 0; program < PROGRAMS; program++) {
        model.random.step = program;
        uint32_t chains_before = count_chains();
        model.disorder = disorders[program % 5];
        start_program(&model);
        if (program % 5)
            run_randomly(&model);
        else
            run_scripts(&model);
        nothing_is_hidden(&model);
        end_program(&model, chains_before);
    }
    assert_true(model.circles > 10000);
    assert_true(model.told_in_all < model.made_in_all * 95 / 100);
}

static struct model plain; /* program by hand, with 0 and 1 lasting */

static void start_by_hand(void)
{
    memset(&plain, 0, sizeof(plain));
    plain.random = random_from(1);
    plain.disorder = 64;
    sites[1] = sites[0];
    start_program(&plain);
}

static void nest(uint32_t thread, uint32_t first, uint32_t second, uint32_t third)
{
    struct shim_thread *self = &plain.threads[thread];
    acquire(&plain, self, first);
    acquire(&plain, self, second);
    acquire(&plain, self, third);
    self->top = self->held;
}

/* Two threads under the same lock are gated by it, two under two locks of a kind are not. */
static void twins_that_were_gates_both_stay(void **state)
{
    static struct step told[MOST];
    const uint32_t gate = LASTING;
    (void)state;
    start_by_hand();
    for (uint32_t i = 0; i < 2; i++) {
        nest(0, 0, gate, 1);
        nest(1, 1, gate, 0);
        end_lock(&plain, gate);
    }
    assert_int_equal(read_told(&plain, told), plain.made_count);
    nothing_is_hidden(&plain);
    end_program(&plain, 0);
}

static uint32_t told_after(void (*round)(void), uint32_t rounds)
{
    static struct step told[MOST];
    start_by_hand();
    for (uint32_t i = 0; i < rounds; i++)
        round();
    uint32_t count = read_told(&plain, told);
    end_program(&plain, 0);
    return count;
}

static void leaf(void)
{
    nest(0, 0, 1, LASTING);
    end_lock(&plain, LASTING);
}

static void root(void)
{
    nest(0, LASTING, 0, 1);
    end_lock(&plain, LASTING);
}

static void middle(void)
{
    nest(0, 0, LASTING, 1);
    end_lock(&plain, LASTING);
}

static void all_pass(void)
{
    nest(0, LASTING, LASTING + 1, LASTING + 2);
    end_lock(&plain, LASTING + 1);
    end_lock(&plain, LASTING);
    end_lock(&plain, LASTING + 2);
}

/* However often it happens, the recording holds what it held after a few times. */
static void rounds_of_new_locks_leave_no_more_than_a_few(void **state)
{
    void (*const rounds[])(void) = {leaf, root, middle, all_pass};
    (void)state;
    for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++)
        assert_int_equal(told_after(rounds[i], 100), told_after(rounds[i], 3));
}

static int start(void **state)
{
    (void)state;
    scene_make_folder();
    scene_record();
    struct shim_thread *self = scene_thread();
    passing = malloc(PASSING * sizeof(*passing));
    for (uint32_t i = 0; i < 2; i++)
        sites[i] = thread_capture(self, SCENE_SITE(i));
    return passing ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    free(passing);
    scene_remove_folder();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cycle_is_lost_when_locks_end),
        cmocka_unit_test(twins_that_were_gates_both_stay),
        cmocka_unit_test(rounds_of_new_locks_leave_no_more_than_a_few),
    };
    return cmocka_run_group_tests(tests, start, end);
}
