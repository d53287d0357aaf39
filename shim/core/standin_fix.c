#include "shim/core/standin_fix.h"

#include <stddef.h>
#include <string.h>

#include "shim/core/lock_notes.h"
#include "shim/core/lock_table.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/path.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

static struct standin_fix *fixes; /* plan.fixes, as many as are followed */

/* What a stand-in is called behind the fix's name. */
static const char *const suffixes[] = {
    [PLAN_FIX_merge] = ", one recursive lock",
    [PLAN_FIX_recursive] = ", recursive",
    [PLAN_FIX_gate] = ", gate lock",
    [PLAN_FIX_ordered] = ", recursive, taken first",
};

static const uint16_t record_kinds[] = {
#define X(number, NAME, word, one, several) [PLAN_FIX_##word] = (number),
#include "trace/fix_kinds.def"
#undef X
};

uint32_t standin_fix_count(void)
{
    return plan.fix_count < STANDIN_FIXES ? plan.fix_count : STANDIN_FIXES;
}

struct standin_fix *standin_fix_at(uint32_t number)
{
    return &fixes[number];
}

static bool is_same_class(const struct plan_class *one, const struct plan_class *other)
{
    if (one->kind != other->kind || one->place.count != other->place.count)
        return false;
    for (uint32_t i = 0; i < one->place.count; i++) {
        const struct plan_frame *a = &one->place.frames[i], *b = &other->place.frames[i];
        if (strcmp(a->module, b->module) != 0 || strcmp(a->function, b->function) != 0 ||
            a->has_offset != b->has_offset || a->offset != b->offset)
            return false;
    }
    return true;
}

static bool have_class_in_common(const struct plan_fix *one, const struct plan_fix *other)
{
    for (uint32_t i = 0; i < one->class_count; i++) {
        for (uint32_t j = 0; j < other->class_count; j++) {
            if (is_same_class(&one->classes[i], &other->classes[j]))
                return true;
        }
    }
    return false;
}

static bool stands_in(const struct plan_fix *fix)
{
    return fix->kind == PLAN_FIX_merge || fix->kind == PLAN_FIX_ordered;
}

/* All that have the one stand-in get the other. */
static void replace(struct standin *one, struct standin *other)
{
    for (uint32_t i = 0; i < standin_fix_count(); i++) {
        if (fixes[i].standin == one)
            fixes[i].standin = other;
    }
}

/* A lock has one stand-in, so all locks that are one with it have the same. */
static void join_overlapping(uint32_t number)
{
    const struct plan_fix *fix = fixes[number].plan;
    for (uint32_t i = 0; i < number; i++) {
        if (stands_in(fix) && stands_in(fixes[i].plan) && have_class_in_common(fix, fixes[i].plan))
            replace(fixes[number].standin, fixes[i].standin);
    }
}

static bool give_standins(void)
{
    uint32_t count = standin_fix_count();
    struct standin *standins = memory_map(count * sizeof(*standins));
    if (!standins)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        fixes[i].plan = &plan.fixes[i];
        if (plan.fixes[i].kind == PLAN_FIX_recursive)
            continue;
        fixes[i].standin = &standins[i];
        standin_init(&standins[i], i);
        join_overlapping(i);
    }
    return true;
}

bool standin_fix_begin(void)
{
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX, .flags = TRACE_LOCK_RECURSIVE};
    fixes = memory_map(standin_fix_count() * sizeof(*fixes));
    if (!fixes || !give_standins())
        return false;
    for (uint32_t i = 0; i < standin_fix_count(); i++) {
        if (fixes[i].standin && fixes[i].standin->fix == i)
            standin_fix_name(fixes[i].standin, i, &birth);
    }
    return true;
}

/* Names of locks have no spaces in a plan: "a_+_b" is "a + b". */
static void add_name(struct text *text, const char *name)
{
    const char *plus;
    while ((plus = strstr(name, "_+_"))) {
        text_add_bytes(text, name, (size_t)(plus - name));
        text_add(text, " + ");
        name = plus + 3;
    }
    text_add(text, name);
}

/* It is no lock of the program's. */
static void go_own_way(struct lock_entry *entry, void *context)
{
    (void)context;
    entry->route = LOCK_ROUTE_OWN | LOCK_ROUTE_INLINE;
}

/* Cut, if it must be, before what it is for the fix. */
void standin_fix_name(const struct standin *standin, uint32_t number,
                      const struct lock_birth *birth)
{
    char buffer[LOCK_NAME_BYTES];
    const char *suffix = suffixes[fixes[number].plan->kind];
    struct text name = text_over(buffer, sizeof(buffer) - strlen(suffix));
    struct lock_entry before;
    add_name(&name, fixes[number].plan->name);
    name.size = sizeof(buffer);
    text_add(&name, suffix);
    uint32_t id = lock_table_enter(&standin->mutex, birth);
    lock_table_change(&standin->mutex, id, go_own_way, NULL);
    if (id && lock_table_mark(&standin->mutex, LOCK_MARK_NOTED, &before))
        lock_notes_name(id, buffer);
}

/* Of a stand-in that all of its locks share. */
static uint32_t record_lock(const struct standin *standin)
{
    uint32_t id = standin ? lock_table_find(&standin->mutex) : 0;
    if (id)
        lock_table_record(&standin->mutex, id);
    return id;
}

static void describe(struct standin_fix *fix)
{
    char buffer[PATH_BYTES + 256];
    struct text text = text_over(buffer, sizeof(buffer) - 1);
    const char *slash = strrchr(options.plan, '/');
    add_name(&text, fix->plan->name);
    size_t plan_at = text.length + 1;
    struct text file = text_over(buffer + plan_at, sizeof(buffer) - plan_at);
    text_add(&file, slash ? slash + 1 : options.plan);
    size_t text_bytes = plan_at + file.length + 1;
    uint32_t lock = record_lock(fix->standin);
    struct trace_fix *record = recording_reserve(sizeof(*record) + text_bytes);
    if (!record)
        return;
    record->fix_kind = record_kinds[fix->plan->kind];
    record->lock = lock;
    record->locks = fix->locks;
    record->left = fix->left;
    record->acquisitions = fix->acquisitions;
    record->waits = fix->waits;
    record->text_bytes = (uint32_t)text_bytes;
    memcpy(record->text, buffer, text_bytes);
    recording_publish(record, TRACE_FIX, sizeof(*record) + text_bytes);
    __atomic_store_n(&fix->record, record, __ATOMIC_RELEASE);
}

void standin_fix_describe(void)
{
    for (uint32_t i = 0; i < standin_fix_count(); i++)
        describe(&fixes[i]);
}

/* The locks that the parent's fixes are for are there in the child, too. */
void standin_fix_after_fork(void)
{
    for (uint32_t i = 0; i < standin_fix_count(); i++) {
        fixes[i].record = NULL;
        fixes[i].acquisitions = fixes[i].waits = 0;
    }
}

/* Exact but for what is counted just as the record is written. */
#define COUNT(number, field)                                                                       \
    do {                                                                                           \
        struct standin_fix *fix = &fixes[number];                                                  \
        struct trace_fix *record = __atomic_load_n(&fix->record, __ATOMIC_ACQUIRE);                \
        __atomic_fetch_add(&fix->field, 1, __ATOMIC_RELAXED);                                      \
        if (record)                                                                                \
            __atomic_fetch_add(&record->field, 1, __ATOMIC_RELAXED);                               \
    } while (0)

void standin_fix_count_lock(uint32_t number)
{
    COUNT(number, locks);
}

void standin_fix_count_left(uint32_t number)
{
    COUNT(number, left);
}

void standin_fix_count_acquisition(uint32_t number)
{
    COUNT(number, acquisitions);
}

void standin_fix_count_wait(uint32_t number)
{
    COUNT(number, waits);
}
