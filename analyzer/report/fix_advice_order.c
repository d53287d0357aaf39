/* Other orders: what is locked second is locked first, or at once. */
#include "analyzer/report/fix_site.h"

#include <string.h>

#define SITES_TOLD_MAX 3

static size_t rank(const struct fix_work *work, uint32_t class)
{
    size_t i = 0;
    while (i < work->change->class_count && work->change->classes[i] != class) {
        i++;
    }
    return i;
}

/* What is taken second now is taken behind the other lock, only at once. */
static bool stays_second(const struct fix_work *work, const struct fix_site *site)
{
    return work->change->kind == FIX_PRE_ACQUIRE &&
           rank(work, site->nesting->outer_class) < rank(work, site->nesting->inner_class);
}

/* Whether both orders are taken there, so that only the locks themselves can tell. */
static bool is_by_rank(const struct fix_work *work, const struct fix_site *site)
{
    if (work->change->kind == FIX_REORDER) {
        return work->change->by_rank;
    }
    if (site->nesting->outer_class == site->nesting->inner_class) {
        return true;
    }
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *other = &work->sites[i];
        if (other->nesting->outer_place == site->nesting->outer_place &&
            other->nesting->inner_place == site->nesting->inner_place &&
            stays_second(work, other) != stays_second(work, site)) {
            return true;
        }
    }
    return false;
}

/* "in f2 (bank.c:44), take lock_A before lock_B" */
static const char *site_text(const struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const char *where = fix_site_function(work, site);
    const char *text;
    if (is_by_rank(work, site)) {
        text = arena_printf(arena, "in %s, take the lock at the lower address first", where);
    } else if (stays_second(work, site)) {
        text = arena_printf(arena, "in %s, take %s at once after %s", where, site->inner_name,
                            site->outer_name);
    } else {
        text = arena_printf(arena, "in %s, take %s before %s", where, site->inner_name,
                            site->outer_name);
    }
    return site->taker_words == NULL
               ? text
               : arena_printf(arena, "%s, which %s takes now", text, site->taker_words);
}

/* Each once, though several ways to nest may lead there. */
static const char *all_sites_text(const struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    const char *all = "";
    size_t told = 0;
    size_t more = 0;
    for (size_t i = 0; i < work->site_count; i++) {
        const char *text = site_text(work, &work->sites[i]);
        if (strstr(all, text) != NULL) {
            continue;
        }
        if (told == SITES_TOLD_MAX) {
            more++;
            continue;
        }
        all = arena_printf(arena, "%s%s%s", all, told == 0 ? "" : "; ", text);
        told++;
    }
    return more == 0 ? all
                     : arena_printf(arena, "%s; and so at %zu more place%s", all, more,
                                    more == 1 ? "" : "s");
}

/* Before which line what the site takes second is to be taken: it may be so for several. */
static uint32_t target_of(const struct fix_work *work, const struct fix_site *site)
{
    uint32_t target = site->outer.line;
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *other = &work->sites[i];
        if (other->can_move && other->inner.text == site->inner.text &&
            other->inner.line == site->inner.line && other->outer.line < target) {
            target = other->outer.line;
        }
    }
    return target + (stays_second(work, site) ? 1 : 0);
}

/* Whether the line moves itself. */
static bool moves(const struct fix_work *work, const struct source_text *text, uint32_t line)
{
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *site = &work->sites[i];
        if (site->can_move && site->inner.text == text && site->inner.line == line) {
            return true;
        }
    }
    return false;
}

static bool move(struct fix_work *work, const struct fix_site *site)
{
    const struct fix_place *inner = &site->inner;
    uint32_t target = target_of(work, site);
    if (!site->can_move || moves(work, inner->text, site->outer.line)) {
        return false;
    }
    if (!edit_list_has(&work->edits, inner->file, inner->line) && target != inner->line) {
        edit_list_insert(&work->edits, inner->file, target, inner->text->lines[inner->line - 1]);
        edit_list_replace(&work->edits, inner->file, inner->line, NULL);
    }
    return true;
}

/* Whether the order of the change is that of addresses, so far as one is known: of static locks. */
static bool is_by_address(const struct fix_work *work)
{
    const struct execution *execution = work->finding->execution;
    uint64_t highest = 0;
    for (size_t i = 0; work->change->class_count > 1 && i < work->change->class_count; i++) {
        const struct lock *lock = work->locks[i].lock;
        if (lock == NULL || lock->location == 0 || lock->address <= highest ||
            execution_find_module(execution, TRACE_CODE_MODULE(lock->location)) == NULL) {
            return false;
        }
        highest = lock->address;
    }
    return true;
}

/* The lower address first, whichever it is. */
static bool order_by_address(struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const struct lock_statement *outer = &site->outer.statement;
    const struct lock_statement *inner = &site->inner.statement;
    if (!site->can_move || outer->form != LOCK_STATEMENT_CALL || outer->calls != inner->calls ||
        !lock_statement_can_repeat(outer) || !lock_statement_can_repeat(inner)) {
        return false;
    }
    if (edit_list_has(&work->edits, site->inner.file, inner->line)) {
        return true;
    }
    const char *indent = source_indent(arena, site->outer.text, outer->line);
    const char *step = strchr(indent, '\t') != NULL ? "\t" : "    ";
    edit_list_replace(
        &work->edits, site->outer.file, outer->line,
        arena_printf(arena, "%sif (%s < %s) {\n%s%s%s\n%s%s%s\n%s} else {\n%s%s%s\n%s%s%s\n%s}",
                     indent, outer->lock, inner->lock, indent, step, outer->words, indent, step,
                     inner->words, indent, indent, step, inner->words, indent, step, outer->words,
                     indent));
    edit_list_replace(&work->edits, site->inner.file, inner->line, NULL);
    return true;
}

const char *fix_advise_order(struct fix_work *work)
{
    bool by_address = is_by_address(work);
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_site *site = &work->sites[i];
        bool is_unranked =
            !work->change->by_rank && site->nesting->outer_class != site->nesting->inner_class;
        work->is_complete &=
            is_unranked ? move(work, site) : by_address && order_by_address(work, site);
    }
    return all_sites_text(work);
}
