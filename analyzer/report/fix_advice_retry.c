/* Taking locks without waiting with one held: all at once or none, or the first one given back. */
#include "analyzer/report/fix_site.h"

#include <string.h>

/* Indented, and with those of several lines. */
static const char *indented(const struct fix_work *work, const struct fix_place *place,
                            const char *text)
{
    struct arena *arena = work->report->arena;
    return arena_printf(arena, "%s%s", source_indent(arena, place->text, place->line), text);
}

/* The lock of a guard or of lock.lock() as an argument. */
static const char *lock_argument(struct arena *arena, const struct lock_statement *statement)
{
    size_t bytes = strlen(statement->lock);
    if (statement->form == LOCK_STATEMENT_GUARD) {
        return statement->lock;
    }
    return statement->lock[bytes - 1] == '.'
               ? arena_printf(arena, "%.*s", (int)bytes - 1, statement->lock)
               : arena_printf(arena, "*%.*s", (int)bytes - 2, statement->lock);
}

/* The guard, of a lock that is held already. */
static const char *adopting(struct arena *arena, const struct lock_statement *guard)
{
    const char *argument = strstr(strstr(guard->words, guard->guard), guard->lock);
    size_t bytes = strlen(guard->lock);
    bool comes_first = strcmp(guard->guard_type, "scoped_lock") == 0;
    return comes_first ? arena_printf(arena, "%.*sstd::adopt_lock, %s",
                                      (int)(argument - guard->words), guard->words, argument)
                       : arena_printf(arena, "%.*s, std::adopt_lock%s",
                                      (int)(argument + bytes - guard->words), guard->words,
                                      argument + bytes);
}

/* std::lock takes both, or gives back and tries again. */
static const char *all_at_once(const struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const struct lock_statement *outer = &site->outer.statement;
    const struct lock_statement *inner = &site->inner.statement;
    const char *both =
        indented(work, &site->outer,
                 arena_printf(arena, "std::lock(%s, %s);", lock_argument(arena, outer),
                              lock_argument(arena, inner)));
    if (outer->form == LOCK_STATEMENT_GUARD) {
        both = arena_printf(arena, "%s\n%s", both,
                            indented(work, &site->outer, adopting(arena, outer)));
    }
    if (inner->form == LOCK_STATEMENT_GUARD) {
        both = arena_printf(arena, "%s\n%s", both,
                            indented(work, &site->outer, adopting(arena, inner)));
    }
    return both;
}

static const char *yields(const struct lock_statement *statement)
{
    return strcmp(statement->calls->lock, "mtx_lock") == 0 ? "thrd_yield();" : "sched_yield();";
}

/* In C, by hand: what comes behind the outer lock. */
static const char *try_and_begin_anew(const struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const struct lock_statement *outer = &site->outer.statement;
    const char *indent = source_indent(arena, site->outer.text, site->outer.line);
    const char *step = strchr(indent, '\t') != NULL ? "\t" : "    ";
    return arena_printf(arena,
                        "%swhile (%s) {\n"
                        "%s%s%s\n"
                        "%s%s%s\n"
                        "%s%s%s\n"
                        "%s}",
                        indent, lock_statement_try_failed(arena, &site->inner.statement), indent,
                        step, lock_statement_release(arena, outer), indent, step, yields(outer),
                        indent, step, outer->words, indent);
}

/* With a third lock it takes more than this. */
static bool is_alone(const struct fix_work *work, const struct fix_site *site)
{
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *other = &work->sites[i];
        if (other != site && other->outer.text == site->outer.text &&
            (other->outer.line == site->outer.line || other->outer.line == site->inner.line ||
             other->inner.line == site->outer.line || other->inner.line == site->inner.line)) {
            return false;
        }
    }
    return true;
}

static bool is_cxx_lock(const struct lock_statement *statement)
{
    return statement->form == LOCK_STATEMENT_GUARD || statement->form == LOCK_STATEMENT_METHOD;
}

static bool retry_site(struct fix_work *work, const struct fix_site *site)
{
    const struct lock_statement *outer = &site->outer.statement;
    const struct lock_statement *inner = &site->inner.statement;
    if (!site->can_move || !outer->is_plain || !inner->is_plain || !is_alone(work, site) ||
        !lock_statement_can_repeat(outer) || !lock_statement_can_repeat(inner)) {
        return false;
    }
    if (is_cxx_lock(outer) && is_cxx_lock(inner)) {
        edit_list_replace(&work->edits, site->outer.file, outer->line, all_at_once(work, site));
    } else if (outer->form == LOCK_STATEMENT_CALL && inner->form == LOCK_STATEMENT_CALL) {
        edit_list_insert(&work->edits, site->outer.file, outer->line + 1,
                         try_and_begin_anew(work, site));
    } else {
        return false;
    }
    edit_list_replace(&work->edits, site->inner.file, inner->line, NULL);
    return true;
}

const char *fix_advise_retry(struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    const char *what = "";
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *site = &work->sites[i];
        what = arena_printf(arena,
                            "%s%sin %s, only try %s, and if it is busy give %s back and "
                            "begin anew",
                            what, i == 0 ? "" : "; ", fix_site_function(work, site),
                            site->inner_name, site->outer_name);
        work->is_complete &= retry_site(work, site);
    }
    return what;
}

/* Gives the outer lock back for as long as the inner one is held. */
static bool release_around(struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const struct lock_statement *outer = &site->outer.statement;
    const struct lock_statement *inner = &site->inner.statement;
    const char *release = lock_statement_release(arena, outer);
    const char *acquire = lock_statement_acquire(arena, outer);
    uint32_t end = inner->form == LOCK_STATEMENT_CALL || inner->form == LOCK_STATEMENT_METHOD
                       ? lock_statement_release_line(arena, inner)
                       : 0;
    if (!site->is_one_block || release == NULL || end == 0 || !lock_statement_can_repeat(outer)) {
        return false;
    }
    edit_list_insert(&work->edits, site->inner.file, site->inner.line,
                     indented(work, &site->inner, release));
    edit_list_insert(&work->edits, site->inner.file, end + 1,
                     indented(work, &site->inner, acquire));
    return true;
}

/* "taking lock_B", "waiting for the end of T2" */
static const char *request_text(const struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const struct lock *inner =
        execution_find_lock(work->finding->execution, site->nesting->inner_lock);
    enum trace_lock_kind kind = inner != NULL ? inner->kind : TRACE_LOCK_MUTEX;
    if (kind == TRACE_LOCK_THREAD) {
        return arena_printf(arena, "waiting for the %s", site->inner_name);
    }
    return kind == TRACE_LOCK_ONCE || kind == TRACE_LOCK_GUARD
               ? arena_printf(arena, "%s may be initialised", site->inner_name)
               : arena_printf(arena, "taking %s", site->inner_name);
}

const char *fix_advise_release(struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    const char *what = "";
    work->is_complete = false; /* what the lock guards may have changed: somebody has to look */
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *site = &work->sites[i];
        const struct fix_place *inner = &site->inner;
        const char *where = inner->shown == NULL
                                ? inner->function
                                : arena_printf(arena, "%s (%s)", inner->function, inner->shown);
        what =
            arena_printf(arena, "%s%sin %s, give %s back before %s, and take it again after", what,
                         i == 0 ? "" : "; ", where, site->outer_name, request_text(work, site));
        (void)release_around(work, site);
    }
    return what;
}
