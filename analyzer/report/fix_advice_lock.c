/* Changes of the locks themselves: recursive ones, and one instead of several. */
#include "analyzer/report/fix_site.h"

#include <string.h>
#include "analyzer/report/lock_type.h"

/* Where the lock is initialised: with an attribute. False if that is not understood. */
static bool make_recursive_where_made(struct fix_work *work, const struct fix_lock *lock)
{
    const struct fix_place *made = &lock->made;
    const char *text = made->text != NULL
                           ? lock_type_recursive_call(work->report->arena, made->text, made->line)
                           : NULL;
    if (text == NULL) {
        return false;
    }
    if (!edit_list_has(&work->edits, made->file, made->line)) {
        edit_list_replace(&work->edits, made->file, made->line, text);
    }
    return true;
}

static bool has_lock(const struct fix_work *work, const struct lock_declarator *declarator,
                     const struct source_text *text, uint32_t line, const struct fix_lock **lock)
{
    for (size_t i = 0; i < work->change->class_count; i++) {
        *lock = &work->locks[i];
        if ((*lock)->text == text && (*lock)->line == line &&
            strcmp((*lock)->variable, declarator->name) == 0) {
            return true;
        }
    }
    return false;
}

/* The line of one variable. `keep`: what its lock becomes; NULL: it stays its own. */
static const char *definition(const struct fix_work *work, const struct fix_lock *lock,
                              const struct lock_declarator *declarator, const char *indent,
                              const struct fix_lock *keep)
{
    struct arena *arena = work->report->arena;
    const struct lock_declaration *own = &lock->declaration;
    const char *type = own->type;
    const char *initialiser = declarator->initialiser;
    const struct fix_lock *changed = NULL;
    bool is_changed = has_lock(work, declarator, lock->text, lock->line, &changed);
    if (is_changed && keep != NULL && changed != keep) {
        return lock->is_cxx
                   ? arena_printf(arena, "%sstatic auto &%s = %s;", indent, declarator->name,
                                  keep->variable)
                   : arena_printf(arena, "#define %s %s", declarator->name, keep->variable);
    }
    if (is_changed && work->change->kind == FIX_RECURSIVE_LOCK && lock->made.text == NULL) {
        (void)lock_declaration_recursive(arena, type, initialiser, &type, &initialiser);
    }
    return arena_printf(arena, "%s%s%s %s%s%s;", indent, own->qualifiers, type, declarator->name,
                        initialiser[0] == '=' ? " " : "", initialiser);
}

/* The line that defines the lock, anew: all variables on it. */
static void edit_definition(struct fix_work *work, const struct fix_lock *lock,
                            const struct fix_lock *keep)
{
    struct arena *arena = work->report->arena;
    const char *indent = source_indent(arena, lock->text, lock->line);
    const char *lines = "";
    if (edit_list_has(&work->edits, lock->text->path, lock->line)) {
        return;
    }
    for (size_t i = 0; i < lock->declaration.declarators.count; i++) {
        const struct lock_declarator *declarator = &lock->declaration.declarators.items[i];
        lines = arena_printf(arena, "%s%s%s", lines, i == 0 ? "" : "\n",
                             definition(work, lock, declarator, indent, keep));
    }
    edit_list_replace(&work->edits, lock->text->path, lock->line, lines);
}

/* One lock for itself. */
static bool make_recursive(struct fix_work *work, const struct fix_lock *lock)
{
    const char *type, *initialiser = "";
    if (lock->made.file != NULL) {
        return make_recursive_where_made(work, lock);
    }
    for (size_t i = 0; lock->text != NULL && i < lock->declaration.declarators.count; i++) {
        const struct lock_declarator *declarator = &lock->declaration.declarators.items[i];
        if (strcmp(declarator->name, lock->variable) == 0) {
            initialiser = declarator->initialiser;
        }
    }
    if (lock->text == NULL ||
        !lock_declaration_recursive(work->report->arena, lock->declaration.type, initialiser, &type,
                                    &initialiser)) {
        return false;
    }
    edit_definition(work, lock, NULL);
    if (strcmp(type, lock->declaration.type) == 0) {
        return lock_type_require_gnu(&work->edits, lock->text, lock->is_cxx);
    }
    return !lock->is_external &&
           lock_type_change_uses(&work->edits, lock->text, lock->variable, lock->line);
}

/* How that is said in the program's language, where the lines do not. */
static const char *recursive_words(const struct fix_work *work)
{
    return work->edits.list.count != 0
               ? ""
               : ": PTHREAD_MUTEX_RECURSIVE, mtx_recursive, std::recursive_mutex";
}

static const char *advise_recursive(struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    const char *where = "";
    for (size_t i = 0; i < work->change->class_count; i++) {
        const struct fix_lock *lock = &work->locks[i];
        work->is_complete &= make_recursive(work, lock);
        if (lock->defined != NULL) {
            where =
                arena_printf(arena, "%s%s%s", where, where[0] == '\0' ? "" : ", ", lock->defined);
        }
    }
    return arena_printf(arena, "make %s recursive%s%s%s%s", fix_work_lock_names(work),
                        where[0] == '\0' ? "" : " (", where, where[0] == '\0' ? "" : ")",
                        recursive_words(work));
}

static size_t rank(const struct fix_lock *lock)
{
    size_t i = 0;
    while (strcmp(lock->declaration.declarators.items[i].name, lock->variable) != 0) {
        i++;
    }
    return i;
}

static bool comes_first(const struct fix_lock *a, const struct fix_lock *b)
{
    return a->line < b->line || (a->line == b->line && rank(a) < rank(b));
}

/* One of them may be what the others become: all are static variables of one scope and type; the
 * one that comes first. */
static const struct fix_lock *find_kept(const struct fix_work *work)
{
    const struct fix_lock *first = &work->locks[0];
    for (size_t i = 0; i < work->change->class_count; i++) {
        const struct fix_lock *lock = &work->locks[i];
        bool fits = lock->text != NULL && lock->text == work->locks[0].text &&
                    strcmp(lock->declaration.type, work->locks[0].declaration.type) == 0 &&
                    (lock->function == NULL) == (first->function == NULL) &&
                    (lock->function == NULL || strcmp(lock->function, first->function) == 0);
        if (!fits) {
            return NULL;
        }
        first = comes_first(lock, first) ? lock : first;
    }
    return work->change->class_count > 1 ? first : NULL;
}

/* The other becomes a second name: nothing may use it in another way, or in another file. */
static bool can_be_alias(const struct fix_work *work, const struct fix_lock *lock)
{
    return !lock->is_external &&
           (lock->is_cxx ||
            !lock_type_is_member_name(work->report->arena, lock->text, lock->variable));
}

/* What is made and destroyed by its own name would be twice. */
static bool drop_making(struct fix_work *work, const struct fix_lock *lock)
{
    const struct fix_place *made = &lock->made;
    if (made->file == NULL) {
        return true;
    }
    if (made->text == NULL || made->text != lock->text ||
        lock_type_recursive_call(work->report->arena, made->text, made->line) == NULL) {
        return false;
    }
    edit_list_replace(&work->edits, made->file, made->line, NULL);
    lock_type_drop_destroy(&work->edits, lock->text, lock->variable);
    return true;
}

static bool merge(struct fix_work *work)
{
    const struct fix_lock *keep = find_kept(work);
    bool is_complete = keep != NULL;
    for (size_t i = 0; keep != NULL && i < work->change->class_count; i++) {
        const struct fix_lock *lock = &work->locks[i];
        edit_definition(work, lock, keep);
        is_complete &= lock == keep || (can_be_alias(work, lock) && drop_making(work, lock));
    }
    if (is_complete && work->change->kind == FIX_RECURSIVE_LOCK) {
        is_complete = make_recursive(work, keep);
        for (size_t i = 0; i < work->change->class_count; i++) {
            const struct fix_lock *lock = &work->locks[i];
            is_complete &=
                strncmp(lock->declaration.type, "std::", 5) != 0 ||
                lock_type_change_uses(&work->edits, lock->text, lock->variable, lock->line);
        }
    }
    return is_complete;
}

static void drop_line(struct fix_work *work, const struct fix_place *place, uint32_t line)
{
    if (!edit_list_has(&work->edits, place->file, line)) {
        edit_list_replace(&work->edits, place->file, line, NULL);
    }
}

/* What is taken inside of the same lock is not taken; nor given back before that. */
static bool drop_inner(struct fix_work *work, const struct fix_site *site)
{
    struct arena *arena = work->report->arena;
    const struct lock_statement *outer = &site->outer.statement;
    const struct lock_statement *inner = &site->inner.statement;
    bool is_guard = inner->form == LOCK_STATEMENT_GUARD;
    uint32_t inner_end = site->is_direct ? lock_statement_release_line(arena, inner) : 0;
    uint32_t first_end = inner_end;
    if (inner_end == 0 ||
        (is_guard && source_mentions(inner->text, inner->line + 1, inner_end, inner->guard))) {
        return false;
    }
    if (site->section_end == 0) {
        first_end = site->is_one_block && !is_guard && outer->form != LOCK_STATEMENT_GUARD
                        ? lock_statement_release_line(arena, outer)
                        : 0;
    }
    if (first_end == 0) {
        return false;
    }
    drop_line(work, &site->inner, inner->line);
    if (!is_guard) {
        drop_line(work, &site->inner, first_end);
    }
    return true;
}

/* Which of the locks, by bit, the line names, but to make and to destroy them. */
static uint64_t locks_on(const struct fix_work *work, uint32_t line)
{
    static const char *const functions[] = {"pthread_mutex_init", "pthread_mutex_destroy",
                                            "mtx_init", "mtx_destroy"};
    uint64_t found = 0;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (source_mentions(work->locks[0].text, line, line, functions[i])) {
            return 0;
        }
    }
    for (size_t i = 0; i < work->change->class_count && i < 64; i++) {
        const struct fix_lock *lock = &work->locks[i];
        bool names = line != lock->line && source_mentions(lock->text, line, line, lock->variable);
        found |= (uint64_t)names << i;
    }
    return found;
}

static bool has_site(const struct fix_work *work, const struct source_text *text, uint32_t first,
                     uint32_t end)
{
    for (size_t i = 0; i < work->site_count; i++) {
        const struct fix_place *outer = &work->sites[i].outer;
        if (outer->text == text && outer->line >= first && outer->line < end) {
            return true;
        }
    }
    return false;
}

static bool is_one(uint64_t bits)
{
    return (bits & (bits - 1)) == 0;
}

/* A function that names several of them, but was not seen to take one inside another, may do so
 * another time: then it would wait for itself. */
static bool may_nest_unseen(const struct fix_work *work)
{
    const struct source_text *text = work->locks[0].text;
    uint64_t named = 0;
    uint32_t first = 1;
    for (uint32_t line = 1; line <= text->line_count + 1; line++) {
        bool ends = line > text->line_count || text->code[line - 1][0] == '}';
        if (ends && !is_one(named) && !has_site(work, text, first, line)) {
            return true;
        }
        uint64_t here = line <= text->line_count ? locks_on(work, line) : 0;
        if (!is_one(here)) {
            return true; /* std::lock and its like */
        }
        named = ends ? 0 : named | here;
        first = ends ? line + 1 : first;
    }
    return false;
}

static const char *advise_merge(struct fix_work *work)
{
    struct arena *arena = work->report->arena;
    bool is_recursive = work->change->kind == FIX_RECURSIVE_LOCK;
    work->is_complete =
        merge(work) && work->is_complete && (is_recursive || !may_nest_unseen(work));
    for (size_t i = 0; !is_recursive && i < work->site_count; i++) {
        work->is_complete &= drop_inner(work, &work->sites[i]);
    }
    return is_recursive
               ? arena_printf(arena, "make %s one recursive lock%s", fix_work_lock_names(work),
                              recursive_words(work))
               : arena_printf(arena, "make %s one lock, and do not take it again where it is held",
                              fix_work_lock_names(work));
}

const char *fix_advise_lock(struct fix_work *work)
{
    bool keeps_apart = work->change->kind == FIX_RECURSIVE_LOCK && work->change->keeps_apart;
    return keeps_apart ? advise_recursive(work) : advise_merge(work);
}
