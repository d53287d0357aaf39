/* A lock more, taken around the others. */
#include "analyzer/report/fix_site.h"

#include <string.h>

/* What a new lock is, in the primitives of the program. %s stand for its name. */
struct gate_words {
    const char *definition, *lock, *unlock; /* no unlock: a guard */
};

static const char cxx_definition[] = "static std::mutex %s;\n";
static const struct gate_words guard_words = {
    cxx_definition, "const std::lock_guard<std::mutex> %s_guard(%s);", NULL};
static const struct gate_words method_words = {cxx_definition, "%s.lock();", "%s.unlock();"};
static const struct gate_words posix_words = {
    "static pthread_mutex_t %s = PTHREAD_MUTEX_INITIALIZER;\n", "pthread_mutex_lock(&%s);",
    "pthread_mutex_unlock(&%s);"};

static const struct gate_words *words_of(const struct lock_statement *statement)
{
    switch (statement->form) {
    case LOCK_STATEMENT_GUARD:
        return &guard_words;
    case LOCK_STATEMENT_METHOD:
        return &method_words;
    default:
        /* A mtx_t cannot be made where it is defined. */
        return strncmp(statement->calls->lock, "pthread_", 8) == 0 ? &posix_words : NULL;
    }
}

/* A section of the outermost lock of some sites. */
struct gate_section {
    const struct fix_place *place;
    uint32_t end; /* the line that ends it */
};

/* With each "%s" of the words the name. */
static const char *named(struct arena *arena, const char *words, const char *name)
{
    const char *result = "";
    for (const char *at = words; *at != '\0';) {
        size_t bytes = strcspn(at, "%");
        result =
            arena_printf(arena, "%s%.*s%s", result, (int)bytes, at, at[bytes] == '%' ? name : "");
        at += bytes + (at[bytes] == '%' ? 2 : 0);
    }
    return result;
}

static const char *unused_name(struct arena *arena, const struct source_text *text)
{
    const char *name = "lock_order_gate";
    for (int i = 2; source_mentions(text, 1, text->line_count, name); i++) {
        name = arena_printf(arena, "lock_order_gate_%d", i);
    }
    return name;
}

/* From where the first lock is taken to where the last is given back. */
static bool find_section(const struct fix_work *work, const struct fix_site *site,
                         struct gate_section *section)
{
    *section = (struct gate_section){&site->outer, site->section_end};
    bool is_guard = site->inner.statement.form == LOCK_STATEMENT_GUARD;
    if (section->end == 0 && site->is_one_block && !is_guard) {
        /* What is taken second is given back last. */
        section->end = lock_statement_release_line(work->report->arena, &site->inner.statement);
    }
    return section->end != 0;
}

/* Adds the section, or makes one of two that overlap. */
static void add_section(struct gate_section *sections, size_t *count, struct gate_section section)
{
    for (size_t i = 0; i < *count; i++) {
        struct gate_section *other = &sections[i];
        if (section.place->line <= other->end && other->place->line <= section.end) {
            other->place = section.place->line < other->place->line ? section.place : other->place;
            other->end = section.end > other->end ? section.end : other->end;
            return;
        }
    }
    sections[(*count)++] = section;
}

/* All in one file, with one kind of lock for all. */
static size_t find_sections(const struct fix_work *work, struct gate_section *sections)
{
    size_t count = 0;
    for (size_t i = 0; i < work->site_count; i++) {
        struct gate_section section;
        if (!find_section(work, &work->sites[i], &section) ||
            words_of(&section.place->statement) == NULL ||
            (count > 0 && (section.place->text != sections[0].place->text ||
                           words_of(&section.place->statement)->definition !=
                               words_of(&sections[0].place->statement)->definition))) {
            return 0;
        }
        add_section(sections, &count, section);
    }
    return count;
}

static void edit_section(struct fix_work *work, const struct gate_section *section,
                         const char *name)
{
    struct arena *arena = work->report->arena;
    const struct fix_place *place = section->place;
    const struct gate_words *words = words_of(&place->statement);
    const char *indent = source_indent(arena, place->text, place->line);
    edit_list_insert(&work->edits, place->file, place->line,
                     arena_printf(arena, "%s%s", indent, named(arena, words->lock, name)));
    if (words->unlock != NULL) {
        edit_list_insert(&work->edits, place->file, section->end + 1,
                         arena_printf(arena, "%s%s", indent, named(arena, words->unlock, name)));
    }
}

/* Before what has the first of them. */
static uint32_t definition_line(const struct gate_section *sections, size_t count)
{
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        first = sections[i].place->line < first ? sections[i].place->line : first;
    }
    return source_definition_start(sections[0].place->text, first);
}

static bool is_at(const struct execution *execution, uint32_t stack_id, trace_code_t place)
{
    const struct stack *stack = execution_find_stack(execution, stack_id);
    return stack != NULL && stack->frame_count != 0 && stack->frames[0] == place;
}

/* Whether a thread that holds what one nesting began with came to where another begins. */
static bool is_entered_twice(const struct fix_work *work, const struct dependency *dependency)
{
    const struct execution *execution = work->finding->execution;
    bool requests = false, holds = false;
    for (size_t i = 0; i < work->site_count; i++) {
        const trace_code_t place = work->sites[i].nesting->outer_place;
        requests |= is_at(execution, dependency->stack, place);
        for (size_t j = 0; j < dependency->held_count; j++) {
            holds |= is_at(execution, dependency->held[j].stack, place);
        }
    }
    return requests && holds;
}

/* Sections that lie in one another in the run, but not in the source. */
static bool nests(const struct fix_work *work, size_t section_count)
{
    const struct execution *execution = work->finding->execution;
    for (size_t i = 0; section_count > 1 && i < execution->dependency_count; i++) {
        if (is_entered_twice(work, &execution->dependencies[i])) {
            return true;
        }
    }
    return false;
}

static bool edit(struct fix_work *work)
{
    struct gate_section *sections =
        arena_alloc(work->report->arena, work->site_count + 1, sizeof *sections);
    size_t count = find_sections(work, sections);
    uint32_t line = count != 0 ? definition_line(sections, count) : 0;
    if (line == 0 || nests(work, count)) {
        return false;
    }
    const struct fix_place *place = sections[0].place;
    const char *name = unused_name(work->report->arena, place->text);
    edit_list_insert(&work->edits, place->file, line,
                     named(work->report->arena, words_of(&place->statement)->definition, name));
    for (size_t i = 0; i < count; i++) {
        edit_section(work, &sections[i], name);
    }
    return true;
}

/* Each function once, where it takes the first lock. */
static const char *functions(const struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    const char *all = "";
    for (size_t i = 0; i < work->site_count; i++) {
        const char *function = fix_site_function(work, &work->sites[i]);
        if (strstr(all, function) == NULL) {
            all = arena_printf(arena, "%s%s%s", all, all[0] == '\0' ? "in " : ", in ", function);
        }
    }
    return all;
}

const char *fix_advise_gate(struct fix_work *work)
{
    work->is_complete = edit(work);
    return arena_printf(work->report->arena,
                        "take a new lock before %s and give it back after them: %s",
                        fix_work_lock_names(work), functions(work));
}
