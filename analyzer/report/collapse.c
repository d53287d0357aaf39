#include "analyzer/report/collapse.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/base/ring_table.h"
#include "analyzer/base/table.h"
#include "analyzer/report/place.h"
#include "analyzer/report/title.h"

/* As many as tell the birthplaces of locks apart: the call itself, and two callers. */
#define SITE_FRAMES 3

/* A text, and its number. */
struct site {
    const char *text;
    uint32_t number;
    UT_hash_handle hh;
};

struct step_kind {
    struct step_key {
        uint32_t lock_kind, hold_mode, hold_site, want_mode, want_site;
    } key;
    uint32_t number;
    UT_hash_handle hh;
};

struct collapse {
    struct arena *arena;
    struct symbolizer *symbolizer;
    const struct execution *execution;
    const uint32_t *lock_class;
    uint32_t *site_of_stack; /* by position in execution->stacks; 0: not looked up yet */
    uint32_t *kind_of_lock;  /* by position in execution->locks, the same */
    struct site *sites;
    struct step_kind *step_kinds;
    struct ring_table kinds; /* a kind's number is its position in the list of those kept */
    ARRAY(uint32_t) ring;
};

/* By line where that is known: compilers copy code. */
static const char *site_text(struct collapse *collapse, uint32_t stack)
{
    struct arena *arena = collapse->arena;
    struct frame_list frames =
        place_program_frames(symbolizer_stack(collapse->symbolizer, collapse->execution, stack));
    const char *text = "";
    for (size_t i = 0; i < frames.count && i < SITE_FRAMES; i++) {
        const struct frame *frame = &frames.frames[i];
        text = frame->file != NULL && frame->line != 0
                   ? arena_printf(arena, "%s%s %s:%" PRIu32 "\n", text,
                                  frame_function(arena, frame), frame->file, frame->line)
                   : arena_printf(arena, "%s%s+%" PRIx64 "\n", text, frame->module, frame->offset);
    }
    return text;
}

static uint32_t site_number(struct collapse *collapse, const char *text)
{
    struct arena *arena = collapse->arena;
    struct site *site;
    HASH_FIND_STR(collapse->sites, text, site);
    if (site == NULL) {
        site = arena_alloc(arena, 1, sizeof *site);
        site->text = text;
        site->number = HASH_COUNT(collapse->sites) + 1;
        HASH_ADD_KEYPTR(hh, collapse->sites, site->text, strlen(site->text), site);
    }
    return site->number;
}

/* 0 for a stack that is not known. */
static uint32_t site_of(struct collapse *collapse, uint32_t stack_id)
{
    const struct stack *stack = execution_find_stack(collapse->execution, stack_id);
    if (stack == NULL) {
        return 0;
    }
    uint32_t *site = &collapse->site_of_stack[stack - collapse->execution->stacks];
    if (*site == 0) {
        *site = site_number(collapse, site_text(collapse, stack_id));
    }
    return *site;
}

/* The name without the numbers of array elements, "pool.slots[].lock"; NULL if it has none. */
static const char *without_numbers(struct arena *arena, const char *name)
{
    char *text = arena_strdup(arena, name);
    char *to = text;
    bool has_element = false;
    for (const char *from = text; *from != '\0'; from++) {
        *to++ = *from;
        if (*from == '[' && from[1 + strspn(from + 1, "0123456789")] == ']') {
            has_element = true;
            from += strspn(from + 1, "0123456789");
        }
    }
    *to = '\0';
    return has_element ? text : NULL;
}

/* A number for locks of one class, and for the elements of one static array. */
static uint32_t kind_of_lock(struct collapse *collapse, size_t position)
{
    const struct lock *lock = &collapse->execution->locks[position];
    uint32_t *kind = &collapse->kind_of_lock[position];
    if (*kind == 0) {
        struct data_name data =
            symbolizer_data(collapse->symbolizer, collapse->execution, lock->location);
        const char *array = data.name != NULL ? without_numbers(collapse->arena, data.name) : NULL;
        const char *text =
            array != NULL
                ? arena_printf(collapse->arena, "%" PRIu32 " %s", lock->pid, array)
                : arena_printf(collapse->arena, "class %" PRIu32, collapse->lock_class[position]);
        *kind = site_number(collapse, text);
    }
    return *kind;
}

static uint32_t step_number(struct collapse *collapse, const struct cycle_step *step)
{
    struct arena *arena = collapse->arena;
    const struct trace_dependency_held *hold = step_hold(step);
    const struct lock *lock = execution_find_lock(collapse->execution, hold->lock);
    struct step_kind *kind;
    struct step_key key = {
        .lock_kind = lock == NULL /* the step holds nothing of the circle */
                         ? 0
                         : kind_of_lock(collapse, (size_t)(lock - collapse->execution->locks)),
        .hold_mode = hold->mode,
        .hold_site = site_of(collapse, hold->stack),
        .want_mode = step->dependency->mode,
        .want_site = site_of(collapse, step->dependency->stack),
    };
    HASH_FIND(hh, collapse->step_kinds, &key, sizeof key, kind);
    if (kind == NULL) {
        kind = arena_alloc(arena, 1, sizeof *kind);
        kind->key = key;
        kind->number = HASH_COUNT(collapse->step_kinds) + 1;
        HASH_ADD(hh, collapse->step_kinds, key, sizeof kind->key, kind);
    }
    return kind->number;
}

static size_t finding_number(struct collapse *collapse, const struct finding *finding)
{
    collapse->ring.count = 0;
    for (size_t i = 0; i < finding->step_count; i++) {
        *array_add(collapse->arena, &collapse->ring) = step_number(collapse, &finding->steps[i]);
    }
    return ring_table_number(collapse->arena, &collapse->kinds, finding->kind, collapse->ring.items,
                             collapse->ring.count);
}

/* Of those alike one stands for all: the first for which a schedule is known, if there is one. */
static void join(struct finding *kept, const struct finding *other)
{
    size_t id = kept->id, instances = kept->instances + other->instances;
    if (other->confidence > kept->confidence) {
        *kept = *other;
    }
    kept->id = id;
    kept->instances = instances;
}

void collapse_findings(struct arena *arena, struct symbolizer *symbolizer,
                       const struct execution *execution, struct analysis *analysis)
{
    struct collapse collapse = {
        .arena = arena,
        .symbolizer = symbolizer,
        .execution = execution,
        .lock_class = analysis->lock_class,
        .site_of_stack = arena_alloc(arena, execution->stack_count, sizeof(uint32_t)),
        .kind_of_lock = arena_alloc(arena, execution->lock_count, sizeof(uint32_t)),
    };
    size_t kept = 0, first = 0; /* what happened comes first, and each stands for itself */
    for (size_t i = 0; i < analysis->finding_count; i++) {
        struct finding finding = analysis->findings[i];
        bool happened = finding.live != NULL;
        size_t number = happened ? first++ : first + finding_number(&collapse, &finding);
        if (number == kept) {
            analysis->findings[kept++] = finding;
        } else {
            join(&analysis->findings[number], &finding);
        }
    }
    analysis->finding_count = kept;
}
