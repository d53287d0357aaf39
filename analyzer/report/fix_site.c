#include "analyzer/report/fix_site.h"

#include <string.h>
#include "analyzer/fix/nesting.h"
#include "analyzer/report/fix_words.h"
#include "analyzer/report/place.h"

static struct fix_place place_of(const struct report *report, const struct execution *execution,
                                 const struct frame *frame)
{
    struct arena *arena = report->arena;
    struct fix_place place = {.function = place_function(arena, frame)};
    if (frame->file == NULL || frame->line == 0) {
        return place;
    }
    place.file = frame->file;
    place.line = frame->line;
    place.shown = place_line(arena, execution, frame);
    place.text = source_texts_find(report->sources, frame->file);
    if (place.text != NULL) {
        place.statement = lock_statement_parse(arena, place.text, place.line);
    }
    return place;
}

static struct frame_list program_stack(const struct report *report,
                                       const struct execution *execution, uint32_t stack)
{
    return place_program_frames(symbolizer_stack(report->symbolizer, execution, stack));
}

/* Also of two calls that one body has, inlined twice. */
static bool are_same_line(const struct frame *a, const struct frame *b)
{
    return a->line == b->line && a->line != 0 && a->file != NULL && b->file != NULL &&
           strcmp(a->file, b->file) == 0;
}

/* The innermost frames of the calls at two places in one function: what was inlined into it goes,
 * as far as it is not in both. */
static void find_frames(struct frame_list outer, struct frame_list inner, struct frame *outer_frame,
                        struct frame *inner_frame)
{
    size_t i = outer.count, j = inner.count;
    while (i > 1 && j > 1 && are_same_line(&outer.frames[i - 1], &inner.frames[j - 1])) {
        i--;
        j--;
    }
    *outer_frame = outer.frames[i - 1];
    *inner_frame = inner.frames[j - 1];
}

/* The place of a thread that has nothing below the function that takes the outer lock is only where
 * the inner one is taken: its frame in that function says more. */
static void go_to_function(const struct frame *outer, struct frame_list stack, struct frame *inner)
{
    for (size_t i = 0; outer->symbol != NULL && i < stack.count; i++) {
        const struct frame *frame = &stack.frames[i];
        if (frame->symbol != NULL && strcmp(frame->symbol, outer->symbol) == 0) {
            *inner = *frame;
            return;
        }
    }
}

/* Whether both are taken by the same function of the program, called in the same way at the two
 * places: a wrapper. */
static bool are_by_one_wrapper(struct frame_list outer, struct frame_list inner,
                               const struct frame *outer_frame, const struct frame *inner_frame)
{
    size_t i = 0;
    while (i < outer.count && i < inner.count &&
           are_same_line(&outer.frames[i], &inner.frames[i])) {
        i++;
    }
    return i > 0 && i < outer.count && i < inner.count &&
           are_same_line(&outer.frames[i], outer_frame) &&
           are_same_line(&inner.frames[i], inner_frame);
}

static struct frame_list place_frames(const struct report *report,
                                      const struct execution *execution, trace_code_t place,
                                      uint32_t stack)
{
    struct frame_list list = TRACE_CODE_MODULE(place) != 0
                                 ? symbolizer_call(report->symbolizer, execution, place)
                                 : symbolizer_stack(report->symbolizer, execution, stack);
    return place_program_frames(list);
}

/* The two places, and whether the statements there acquire the locks themselves. */
static void find_places(const struct report *report, const struct execution *execution,
                        struct fix_site *site)
{
    const struct fix_nesting *nesting = site->nesting;
    struct frame outer = {.function = "an unknown place", .module = ""}, inner = outer;
    struct frame_list outer_stack = program_stack(report, execution, nesting->outer_stack);
    struct frame_list inner_stack = program_stack(report, execution, nesting->inner_stack);
    if (outer_stack.count == 0 || inner_stack.count == 0) {
        site->outer = place_of(report, execution, &outer);
        site->inner = place_of(report, execution, &inner);
        return;
    }
    find_frames(place_frames(report, execution, nesting->outer_place, nesting->outer_stack),
                place_frames(report, execution, nesting->inner_place, nesting->inner_stack), &outer,
                &inner);
    go_to_function(&outer, inner_stack, &inner);
    site->outer = place_of(report, execution, &outer);
    site->inner = place_of(report, execution, &inner);
    bool by_wrapper = are_by_one_wrapper(outer_stack, inner_stack, &outer, &inner);
    bool is_inner_direct = are_same_line(&inner, &inner_stack.frames[0]);
    site->taker = place_of(report, execution, &inner_stack.frames[0]);
    if (!by_wrapper && !is_inner_direct && inner_stack.frames[0].line != 0) {
        site->taker_words = place_summary(report->arena, inner_stack);
    }
    site->is_outer_direct = !by_wrapper && are_same_line(&outer, &outer_stack.frames[0]);
    site->is_direct = site->is_outer_direct && is_inner_direct;
    site->by_wrapper = by_wrapper;
}

static const uint32_t *classes_of(const struct report *report, const struct execution *execution)
{
    for (size_t i = 0; i < report->process_count; i++) {
        if (report->processes[i].analysed == execution) {
            return report->processes[i].analysis.lock_class;
        }
    }
    return NULL;
}

static uint32_t class_of(const struct execution *execution, const uint32_t *classes, uint32_t id)
{
    const struct lock *lock = execution_find_lock(execution, id);
    return lock != NULL ? classes[lock - execution->locks] : UINT32_MAX;
}

/* The first lock of the class; NULL if there is none. */
static const struct lock *lock_of(const struct execution *execution, const uint32_t *classes,
                                  uint32_t class)
{
    for (size_t i = 0; classes != NULL && i < execution->lock_count; i++) {
        if (classes[i] == class) {
            return &execution->locks[i];
        }
    }
    return NULL;
}

/* What a name is added to, unless it is in there. */
static const char *with_name(struct arena *arena, const char *names, const char *name)
{
    if (names == NULL || strstr(names, name) != NULL) {
        return names == NULL ? name : names;
    }
    return arena_printf(arena, "%s and %s", names, name);
}

/* As the finding calls those of the class that it is about; else as any lock of its birth. */
static const char *name_of(const struct fix_work *work, const uint32_t *classes, uint32_t class,
                           const struct lock *lock)
{
    struct names *names = work->report->names;
    const struct finding *finding = work->finding;
    const char *name = NULL, *shared = NULL;
    uint32_t first = 0, count = 0;
    for (size_t i = 0; classes != NULL && i < finding->step_count; i++) {
        uint32_t id = finding->steps[i].dependency->lock;
        if (class_of(finding->execution, classes, id) == class && id != first) {
            first = count++ == 0 ? id : first;
            name = with_name(work->report->arena, name, names_lock(names, finding->execution, id));
            shared = with_name(work->report->arena, shared,
                               names_lock_class(names, finding->execution, id));
        }
    }
    if (count > 1 && strcmp(shared, names_lock_class(names, finding->execution, first)) == 0) {
        return arena_printf(work->report->arena, "every %s", shared);
    }
    return name != NULL   ? name
           : lock != NULL ? names_lock_birth(names, finding->execution, lock)
                          : "an unknown lock";
}

static bool is_cxx(const char *path)
{
    static const char *const endings[] = {".cpp", ".cc", ".cxx", ".C", ".hpp", ".hh", ".hxx"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof endings[0]; i++) {
        if (strcmp(dot, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void find_definition(const struct fix_work *work, const struct lock *lock,
                            struct fix_lock *result)
{
    const struct report *report = work->report;
    const struct execution *execution = work->finding->execution;
    struct data_name data = symbolizer_data(report->symbolizer, execution, lock->location);
    if (data.file == NULL) {
        return;
    }
    const struct frame frame = {.file = data.file, .line = data.line, .module = ""};
    result->defined = place_line(report->arena, execution, &frame);
    result->is_cxx = is_cxx(data.file);
    const struct source_text *text =
        data.variable != NULL ? source_texts_find(report->sources, data.file) : NULL;
    if (text != NULL && lock_declaration_parse(report->arena, text, data.line, data.variable,
                                               &result->declaration)) {
        result->text = text;
        result->line = data.line;
        result->variable = data.variable;
        result->function = data.function;
        result->is_external = data.is_external;
    }
}

static void find_lock(const struct fix_work *work, const uint32_t *classes, uint32_t class,
                      struct fix_lock *result)
{
    const struct report *report = work->report;
    const struct execution *execution = work->finding->execution;
    const struct lock *lock = lock_of(execution, classes, class);
    *result = (struct fix_lock){.lock = lock, .name = name_of(work, classes, class, lock)};
    if (lock == NULL) {
        return;
    }
    if (lock->location != 0) {
        find_definition(work, lock, result);
    }
    struct frame_list made = program_stack(report, execution, lock->init_stack);
    if (made.count != 0) {
        result->made = place_of(report, execution, &made.frames[0]);
        result->defined = result->defined != NULL ? result->defined : result->made.shown;
    }
}

/* See fix_site.section_end. */
static uint32_t find_section_end(struct arena *arena, const struct fix_site *site)
{
    const struct lock_statement *outer = &site->outer.statement;
    bool is_guard = outer->form == LOCK_STATEMENT_GUARD;
    uint32_t end = site->is_outer_direct ? lock_statement_release_line(arena, outer) : 0;
    uint32_t inner_end = end != 0 ? lock_statement_release_line(arena, &site->taker.statement) : 0;
    bool ends_first = !site->is_direct || inner_end < end || (is_guard && inner_end == end);
    return inner_end != 0 && ends_first && site->inner.text == site->outer.text &&
                   outer->line < site->inner.line && site->inner.line < end &&
                   source_flows(outer->text, outer->line, end, is_guard)
               ? end
               : 0;
}

static void find_site(const struct fix_work *work, const struct fix_nesting *nesting,
                      struct fix_site *site)
{
    const struct execution *execution = work->finding->execution;
    site->nesting = nesting;
    site->outer_name = fix_lock_name(work->report, work->finding, nesting->outer_lock);
    site->inner_name = fix_lock_name(work->report, work->finding, nesting->inner_lock);
    find_places(work->report, execution, site);
    const struct lock_statement *outer = &site->outer.statement;
    const struct lock_statement *inner = &site->inner.statement;
    bool is_known = site->outer.text != NULL && site->outer.text == site->inner.text &&
                    outer->is_simple && inner->is_simple && outer->line < inner->line;
    bool is_read = is_known && site->is_direct && outer->form != LOCK_STATEMENT_NONE &&
                   inner->form != LOCK_STATEMENT_NONE;
    site->is_one_block = is_read && source_flows(inner->text, outer->line, inner->line,
                                                 inner->form == LOCK_STATEMENT_GUARD);
    site->can_move =
        (is_read || (is_known && site->by_wrapper)) && lock_statement_can_move(inner, outer->line);
    site->section_end = find_section_end(work->report->arena, site);
}

/* SINGLE_LOCK is of locks, wherever they are taken inside each other: at all of these places
 * something goes. */
static const struct fix_nesting *find_nestings(struct fix_work *work, const uint32_t *classes,
                                               size_t *count)
{
    struct arena *arena = work->report->arena;
    const struct execution *execution = work->finding->execution;
    const struct fix_change *change = work->change;
    struct nesting_list list = {0};
    bool *is_lock = arena_alloc(arena, execution->lock_count + 1, sizeof *is_lock);
    for (size_t i = 0; i < execution->lock_count; i++) {
        for (size_t j = 0; j < change->class_count; j++) {
            is_lock[i] |= classes[i] == change->classes[j];
        }
    }
    for (size_t i = 0; i < execution->dependency_count; i++) {
        nesting_list_add(arena, &list, execution, classes, is_lock, &execution->dependencies[i]);
    }
    struct fix_nesting *nestings = arena_alloc(arena, list.count + 1, sizeof *nestings);
    for (size_t i = 0; i < list.count; i++) {
        nestings[i] = list.items[i].nesting;
        work->is_complete &= !list.items[i].is_fixed;
    }
    *count = list.count;
    return nestings;
}

void fix_work_init(struct fix_work *work, const struct report *report,
                   const struct finding *finding, const struct fix *fix)
{
    struct arena *arena = report->arena;
    const struct fix_change *change = &fix->change;
    const uint32_t *classes = classes_of(report, finding->execution);
    *work = (struct fix_work){.report = report,
                              .finding = finding,
                              .change = change,
                              .edits = {.arena = arena},
                              .is_complete = true};
    const struct fix_nesting *nestings = change->nestings;
    work->site_count = change->nesting_count;
    if (change->kind == FIX_SINGLE_LOCK && classes != NULL) {
        nestings = find_nestings(work, classes, &work->site_count);
    }
    work->sites = arena_alloc(arena, work->site_count + 1, sizeof *work->sites);
    work->locks = arena_alloc(arena, change->class_count + 1, sizeof *work->locks);
    for (size_t i = 0; i < work->site_count; i++) {
        find_site(work, &nestings[i], &work->sites[i]);
    }
    for (size_t i = 0; i < change->class_count; i++) {
        find_lock(work, classes, change->classes[i], &work->locks[i]);
    }
}

const char *fix_work_lock_names(const struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    size_t count = work->change->class_count;
    const char *names = "";
    for (size_t i = 0; i < count; i++) {
        names = arena_printf(arena, "%s%s%s", names,
                             i == 0           ? ""
                             : i + 1 == count ? " and "
                                              : ", ",
                             work->locks[i].name);
    }
    return names;
}

const char *fix_site_function(const struct fix_work *work, const struct fix_site *site)
{
    const struct fix_place *place = &site->outer;
    return place->shown == NULL
               ? place->function
               : arena_printf(work->report->arena, "%s (%s)", place->function, place->shown);
}
