#include "analyzer/report/fingerprint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/base/table.h"
#include "analyzer/model/thread_end.h"
#include "analyzer/report/call_chain.h"
#include "analyzer/report/misuse_words.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/title.h"

#define HASH_START 0xcbf29ce484222325u
#define HASH_PRIME 0x100000001b3u

/* A text, and what tells it from others that are equal. */
struct identity {
    const char *text, *lines;
    const char *digits;
};

struct known_process {
    const struct report_process *process;
    struct identity *identities; /* by id, from the process's first */
    UT_hash_handle hh;
};

struct fingerprints {
    struct arena *arena;
    struct symbolizer *symbolizer;
    struct call_chains *chains;
    struct known_process *processes;
};

struct fingerprints *fingerprints_create(struct arena *arena, struct symbolizer *symbolizer,
                                         struct caller_code *code)
{
    struct fingerprints *fingerprints = arena_alloc(arena, 1, sizeof *fingerprints);
    fingerprints->arena = arena;
    fingerprints->symbolizer = symbolizer;
    fingerprints->chains = call_chains_create(arena, symbolizer, code);
    return fingerprints;
}

/* "table[3].lock" is "table[].lock". */
static const char *without_numbers(struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, name);
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        size_t digits = strspn(from + 1, "0123456789");
        *to++ = *from;
        from += *from == '[' && from[1 + digits] == ']' ? digits : 0;
    }
    *to = '\0';
    return text;
}

static struct call_chain chain(struct fingerprints *own, const struct execution *execution,
                               uint32_t stack)
{
    return call_chain_of(own->chains, execution, stack);
}

static const char *born_name(struct fingerprints *own, const struct execution *execution,
                             const char *kind, uint32_t birth_stack)
{
    const char *place = chain(own, execution, birth_stack).text;
    return place[0] != '\0' ? arena_printf(own->arena, "%s of %s", kind, place) : kind;
}

static const char *lock_name(struct fingerprints *own, const struct execution *execution,
                             uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    if (lock == NULL) {
        return "unknown";
    }
    if (lock->name != NULL) {
        return lock->name;
    }
    struct data_name data = symbolizer_data(own->symbolizer, execution, lock->location);
    if (data.name != NULL) {
        return without_numbers(own->arena, data.name);
    }
    uint32_t birth = thread_end_of(lock) != 0 ? names_birth_stack(lock) : lock->init_stack;
    return born_name(own, execution, names_kind_word(lock), birth);
}

/* Whether the dependency takes the same part as the step's: the same locks, in the same modes. */
static bool is_similar(const struct dependency *a, const struct dependency *b)
{
    if (a->lock != b->lock || a->mode != b->mode || a->held_count != b->held_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->held_count; i++) {
        if (a->held[i].lock != b->held[i].lock || a->held[i].mode != b->held[i].mode) {
            return false;
        }
    }
    return true;
}

static const char *part(struct fingerprints *own, const struct execution *execution, uint32_t lock,
                        uint32_t mode, const char *place)
{
    return lock == 0 ? ""
                     : arena_printf(own->arena, "%s %s%s %s\n", lock_name(own, execution, lock),
                                    mode & TRACE_MODE_READ ? "read" : "write",
                                    mode & TRACE_MODE_TRY ? " try" : "", place);
}

/* Of one dependency in the part of a step. */
static struct identity step_as(struct fingerprints *own, const struct execution *execution,
                               const struct dependency *dependency, size_t hold_index)
{
    const struct trace_dependency_held *hold = &dependency->held[hold_index];
    struct call_chain held = chain(own, execution, hold->stack);
    struct call_chain wanted = chain(own, execution, dependency->stack);
    return (struct identity){
        .text = arena_printf(own->arena, "%s%s",
                             part(own, execution, hold->lock, hold->mode, held.text),
                             part(own, execution, dependency->lock, dependency->mode, wanted.text)),
        .lines = arena_printf(own->arena, "%s | %s\n", held.lines, wanted.lines),
    };
}

static int compare(const struct identity *a, const struct identity *b)
{
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : strcmp(a->lines, b->lines);
}

static struct identity step_identity(struct fingerprints *own, const struct execution *execution,
                                     const struct cycle_step *step)
{
    struct identity first = step_as(own, execution, step->dependency, step->hold_index);
    for (size_t i = 0; step->similar != 0 && i < execution->dependency_count; i++) {
        const struct dependency *other = &execution->dependencies[i];
        if (other != step->dependency && is_similar(other, step->dependency)) {
            struct identity identity = step_as(own, execution, other, step->hold_index);
            first = compare(&identity, &first) < 0 ? identity : first;
        }
    }
    return first;
}

static int compare_entries(const void *a, const void *b)
{
    return compare(a, b);
}

/* Threads that wait for no one of them: in no order, and how many there are is chance. */
static struct identity join_set(struct fingerprints *own, const char *heading,
                                struct identity *steps, size_t count)
{
    struct identity all = {.text = heading, .lines = ""};
    qsort(steps, count, sizeof *steps, compare_entries);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(steps[i].text, steps[i - 1].text) != 0) {
            all.text = arena_printf(own->arena, "%s%s", all.text, steps[i].text);
            all.lines = arena_printf(own->arena, "%s%s", all.lines, steps[i].lines);
        }
    }
    return all;
}

static struct identity join_circle(struct fingerprints *own, const char *heading,
                                   const struct identity *steps, size_t count)
{
    struct identity least = {.text = NULL};
    for (size_t first = 0; first < count; first++) {
        struct identity turned = {.text = heading, .lines = ""};
        for (size_t i = 0; i < count; i++) {
            const struct identity *step = &steps[(first + i) % count];
            turned.text = arena_printf(own->arena, "%s%s", turned.text, step->text);
            turned.lines = arena_printf(own->arena, "%s%s", turned.lines, step->lines);
        }
        least = least.text == NULL || compare(&turned, &least) < 0 ? turned : least;
    }
    return least;
}

/* A cycle that deadlocks is the one that was predicted. */
static struct identity cycle_identity(struct fingerprints *own, const struct finding *finding)
{
    size_t count = finding->step_count;
    struct identity *steps = arena_alloc(own->arena, count, sizeof *steps);
    bool is_set = finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_EVERYONE;
    bool is_circle = finding->kind == FINDING_LOCK_ORDER_CYCLE ||
                     (finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_CYCLE);
    const char *heading =
        arena_printf(own->arena, "unknot 1 %s\n", is_circle ? "circle" : rule_word(finding));
    for (size_t i = 0; i < count; i++) {
        steps[i] = step_identity(own, finding->execution, &finding->steps[i]);
    }
    return is_set ? join_set(own, heading, steps, count) : join_circle(own, heading, steps, count);
}

static const char *misuse_object(struct fingerprints *own, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    if (misuse->lock != 0) {
        return lock_name(own, finding->execution, misuse->lock);
    }
    struct data_name data = symbolizer_data(own->symbolizer, finding->execution, misuse->location);
    return data.name != NULL
               ? without_numbers(own->arena, data.name)
               : born_name(own, finding->execution, misuse_object_text(misuse->object),
                           misuse_birth_stack(misuse));
}

static struct identity misuse_identity(struct fingerprints *own, const struct report *report,
                                       const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    const char *signal = misuse_signal(report, misuse);
    struct call_chain place =
        chain(own, finding->execution, misuse->place_count != 0 ? misuse->places[0].stack : 0);
    return (struct identity){
        .text = arena_printf(own->arena, "unknot 1 %s\n%s %s\n%s\n", rule_word(finding),
                             signal != NULL ? signal : misuse->text, misuse_object(own, finding),
                             place.text),
        .lines = place.lines,
    };
}

static int compare_pointers(const void *a, const void *b)
{
    return compare(*(struct identity *const *)a, *(struct identity *const *)b);
}

/* Those with one text at different lines get a number. */
static void number_equal(struct arena *arena, struct identity *identities, size_t count)
{
    struct identity **sorted = arena_alloc(arena, count, sizeof(struct identity *));
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &identities[i];
    }
    qsort(sorted, count, sizeof(struct identity *), compare_pointers);
    const char *text = "";
    size_t number = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_new_text = strcmp(sorted[i]->text, text) != 0;
        bool is_new_place = i == 0 || strcmp(sorted[i]->lines, sorted[i - 1]->lines) != 0;
        number = is_new_text ? 1 : number + is_new_place;
        text = sorted[i]->text;
        if (number > 1) {
            sorted[i]->text = arena_printf(arena, "%s#%zu\n", text, number);
        }
    }
}

static const char *digits_of(struct arena *arena, const char *text)
{
    uint64_t hash = HASH_START;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * HASH_PRIME;
    }
    return arena_printf(arena, "%016" PRIx64, hash);
}

static struct identity *make_identities(const struct report *report,
                                        const struct report_process *process)
{
    struct fingerprints *own = report->fingerprints;
    size_t count = process->analysis.finding_count;
    struct identity *identities = arena_alloc(own->arena, count, sizeof *identities);
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &process->analysis.findings[i];
        if (finding->told != NULL) {
            identities[i] = (struct identity){.text = "", .lines = ""};
            continue;
        }
        identities[i] = finding->misuse != NULL ? misuse_identity(own, report, finding)
                                                : cycle_identity(own, finding);
    }
    number_equal(own->arena, identities, count);
    for (size_t i = 0; i < count; i++) {
        const struct finding_told *told = process->analysis.findings[i].told;
        identities[i].digits =
            told != NULL ? told->fingerprint : digits_of(own->arena, identities[i].text);
    }
    return identities;
}

static const struct identity *identity_of(const struct report *report,
                                          const struct report_process *process,
                                          const struct finding *finding)
{
    struct fingerprints *own = report->fingerprints;
    struct arena *arena = own->arena;
    struct known_process *known;
    HASH_FIND_PTR(own->processes, &process, known);
    if (known == NULL) {
        known = arena_alloc(arena, 1, sizeof *known);
        known->process = process;
        known->identities = make_identities(report, process);
        HASH_ADD_PTR(own->processes, process, known);
    }
    return &known->identities[finding->id - process->first_id];
}

const char *fingerprint_of_finding(const struct report *report,
                                   const struct report_process *process,
                                   const struct finding *finding)
{
    return identity_of(report, process, finding)->digits;
}

const char *fingerprint_text(const struct report *report, const struct report_process *process,
                             const struct finding *finding)
{
    return identity_of(report, process, finding)->text;
}
