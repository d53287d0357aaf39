#include "analyzer/plan/plan_fix.h"

#include <string.h>

/* Frames that tell where locks of one class were born (predict/lock_class.c). */
#define CLASS_FRAMES 3

struct maker {
    struct plan *plan;
    const struct report *report;
    const struct report_process *process;
    const struct execution *execution;
};

/* One lock of the class, and how many there are; NULL if there is none. */
static const struct lock *lock_of_class(const struct maker *maker, uint32_t class, size_t *count)
{
    const struct execution *execution = maker->execution;
    const struct lock *found = NULL;
    *count = 0;
    for (size_t i = 0; i < execution->lock_count; i++) {
        if (maker->process->analysis.lock_class[i] == class) {
            found = found != NULL ? found : &execution->locks[i];
            ++*count;
        }
    }
    return found;
}

static struct plan_place place_of_birth(const struct maker *maker, uint32_t stack_id)
{
    const struct stack *stack = execution_find_stack(maker->execution, stack_id);
    return stack != NULL ? plan_place_of_codes(maker->plan, maker->execution, stack->frames,
                                               stack->frame_count, CLASS_FRAMES)
                         : (struct plan_place){.count = 0};
}

static bool make_class(const struct maker *maker, uint32_t class, struct plan_class *made)
{
    size_t count;
    const struct lock *lock = lock_of_class(maker, class, &count);
    if (lock == NULL) {
        return false;
    }
    if (lock->location != 0) {
        made->how = "static";
        made->place = plan_place_of_data(maker->plan, maker->execution, lock->location);
        return made->place.count != 0;
    }
    made->how = "made";
    made->place = place_of_birth(maker, lock->init_stack);
    if (made->place.count == 0) {
        made->how = "first";
        made->place = place_of_birth(maker, lock->first_stack);
    }
    return made->place.count != 0;
}

static bool add_class(const struct maker *maker, uint32_t class, struct plan_fix *fix)
{
    struct plan_class made;
    if (!make_class(maker, class, &made)) {
        return false;
    }
    *array_add(maker->plan->arena, &fix->classes) = made;
    return true;
}

static const char *class_name(const struct maker *maker, uint32_t class)
{
    size_t count;
    const struct lock *lock = lock_of_class(maker, class, &count);
    return lock != NULL ? names_lock_class(maker->report->names, maker->execution, lock->id) : "";
}

/* "lock_A_and_lock_B" */
static const char *name_of(const struct maker *maker, const uint32_t *classes, size_t count)
{
    struct arena *arena = maker->plan->arena;
    const char *name = "";
    for (size_t i = 0; i < count; i++) {
        name = arena_printf(arena, "%s%s%s", name, i == 0 ? "" : "_and_",
                            class_name(maker, classes[i]));
    }
    return plan_word(arena, name);
}

/* Up to the call in the function that takes both locks: whoever calls that. */
static struct plan_place place_of_nesting(const struct maker *maker,
                                          const struct fix_nesting *nesting)
{
    const struct stack *stack = execution_find_stack(maker->execution, nesting->outer_stack);
    size_t count = 0;
    if (stack == NULL) {
        return (struct plan_place){.count = 0};
    }
    while (count < stack->frame_count && stack->frames[count] != nesting->outer_place) {
        count++;
    }
    count += count < stack->frame_count;
    return plan_place_of_codes(maker->plan, maker->execution, stack->frames, count,
                               PLAN_FRAMES_MAX);
}

static bool is_same_place(const struct plan_place *a, const struct plan_place *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = a->frames[i].offset == b->frames[i].offset &&
               strcmp(a->frames[i].module, b->frames[i].module) == 0;
    }
    return same;
}

static bool add_place(const struct maker *maker, const struct fix_nesting *nesting,
                      struct plan_fix *fix)
{
    struct plan_place place = place_of_nesting(maker, nesting);
    for (size_t i = 0; i < fix->places.count; i++) {
        if (is_same_place(&fix->places.items[i], &place)) {
            return true;
        }
    }
    *array_add(maker->plan->arena, &fix->places) = place;
    return place.count != 0;
}

/* Which lock is taken first at the nesting's place: of PRE_ACQUIRE the first of all, which then
 * lets one thread at a time take the others. */
static uint32_t first_class(const struct fix_change *change, const struct fix_nesting *nesting)
{
    return change->kind == FIX_PRE_ACQUIRE ? change->classes[0] : nesting->inner_class;
}

/* The fix by which this class comes first, with the places where it does. NULL if all can be done,
 * else why not. */
static const char *add_ordered_class(const struct maker *maker, const struct fix_change *change,
                                     uint32_t class)
{
    struct plan_fix fix = {.kind = "ordered", .name = name_of(maker, &class, 1)};
    size_t locks;
    (void)lock_of_class(maker, class, &locks);
    if (locks != 1) {
        return "the lock to take first is one of several made at one place";
    }
    for (size_t i = 0; i < change->nesting_count; i++) {
        const struct fix_nesting *nesting = &change->nestings[i];
        if (first_class(change, nesting) == class && nesting->outer_class != class &&
            !add_place(maker, nesting, &fix)) {
            return "the recording does not tell where its locks were taken";
        }
    }
    if (!add_class(maker, class, &fix)) {
        return "the recording does not tell where its locks were made";
    }
    if (fix.places.count != 0) {
        *array_add(maker->plan->arena, &maker->plan->fixes) = fix;
    }
    return NULL;
}

static bool is_first_time(const struct fix_change *change, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (first_class(change, &change->nestings[i]) ==
            first_class(change, &change->nestings[index])) {
            return false;
        }
    }
    return true;
}

/* One lock is taken first at each of the places where another was. */
static const char *add_ordered(const struct maker *maker, const struct fix_change *change)
{
    size_t before = maker->plan->fixes.count;
    if (change->by_rank) {
        return "which lock is taken first has to be told from the locks themselves";
    }
    for (size_t i = 0; i < change->nesting_count; i++) {
        const char *error =
            is_first_time(change, i)
                ? add_ordered_class(maker, change, first_class(change, &change->nestings[i]))
                : NULL;
        if (error != NULL) {
            return error;
        }
    }
    return maker->plan->fixes.count != before ? NULL : "there is no place to change";
}

static const char *kind_of(const struct fix_change *change)
{
    switch (change->kind) {
    case FIX_RECURSIVE_LOCK:
        return change->keeps_apart ? "recursive" : "merge";
    case FIX_SINGLE_LOCK:
        return "merge";
    case FIX_GATE_LOCK:
        return "gate";
    default:
        return NULL;
    }
}

static const char *add_of_classes(const struct maker *maker, const struct fix_change *change)
{
    struct plan_fix fix = {.kind = kind_of(change),
                           .name = name_of(maker, change->classes, change->class_count)};
    if (fix.kind == NULL) {
        return "it changes what the program does, not only its locks: edit the source";
    }
    for (size_t i = 0; i < change->class_count; i++) {
        if (!add_class(maker, change->classes[i], &fix)) {
            return "the recording does not tell where its locks were made";
        }
    }
    *array_add(maker->plan->arena, &maker->plan->fixes) = fix;
    return NULL;
}

bool plan_add_fix(struct plan *plan, const struct report *report,
                  const struct report_process *process, const struct finding *finding,
                  const struct fix *fix, const char **error)
{
    const struct maker maker = {plan, report, process, process->analysed};
    size_t fixes = plan->fixes.count, modules = plan->modules.count;
    bool is_ordered = fix->change.kind == FIX_REORDER || fix->change.kind == FIX_PRE_ACQUIRE;
    if (process->analysed == NULL || process->analysis.lock_class == NULL ||
        finding->execution->place_count != 0 || finding->told != NULL) {
        *error = "the recording does not tell where its locks were made";
        return false;
    }
    *error = is_ordered ? add_ordered(&maker, &fix->change) : add_of_classes(&maker, &fix->change);
    if (*error != NULL) {
        plan->fixes.count = fixes;
        plan->modules.count = modules;
    }
    return *error == NULL;
}

static bool is_same_class(const struct plan_class *a, const struct plan_class *b)
{
    return strcmp(a->how, b->how) == 0 && is_same_place(&a->place, &b->place);
}

static bool has_class(const struct plan_fix *fix, const struct plan_class *class)
{
    for (size_t i = 0; i < fix->classes.count; i++) {
        if (is_same_class(&fix->classes.items[i], class)) {
            return true;
        }
    }
    return false;
}

/* Of gates only what is the same is one: a gate around more is another fix. */
static bool overlap(const struct plan_fix *a, const struct plan_fix *b)
{
    size_t common = 0;
    bool is_ordered = strcmp(a->kind, "ordered") == 0;
    if (strcmp(a->kind, b->kind) != 0 || is_ordered) {
        return false;
    }
    for (size_t i = 0; i < b->classes.count; i++) {
        common += has_class(a, &b->classes.items[i]);
    }
    bool is_equal = common == a->classes.count && common == b->classes.count;
    return is_equal || (common != 0 && strcmp(a->kind, "gate") != 0);
}

static void take_over(struct arena *arena, struct plan_fix *fix, const struct plan_fix *other)
{
    bool adds = false;
    for (size_t i = 0; i < other->classes.count; i++) {
        if (!has_class(fix, &other->classes.items[i])) {
            *array_add(arena, &fix->classes) = other->classes.items[i];
            adds = true;
        }
    }
    fix->name = adds ? arena_printf(arena, "%s_and_%s", fix->name, other->name) : fix->name;
    fix->text = arena_printf(arena, "%s\n%s", fix->text != NULL ? fix->text : "",
                             other->text != NULL ? other->text : "");
}

static void remove_fix(struct plan *plan, size_t index)
{
    plan->fixes.count--;
    memmove(&plan->fixes.items[index], &plan->fixes.items[index + 1],
            (plan->fixes.count - index) * sizeof *plan->fixes.items);
}

void plan_join_fixes(struct plan *plan)
{
    for (size_t i = 0; i < plan->fixes.count; i++) {
        for (size_t j = i + 1; j < plan->fixes.count;) {
            if (!overlap(&plan->fixes.items[i], &plan->fixes.items[j])) {
                j++;
                continue;
            }
            take_over(plan->arena, &plan->fixes.items[i], &plan->fixes.items[j]);
            remove_fix(plan, j);
            j = i + 1; /* what it has now may overlap with earlier ones */
        }
    }
}
