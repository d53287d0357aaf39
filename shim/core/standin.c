#include "shim/core/standin.h"

#include <errno.h>

#include "shim/capture/module.h"
#include "shim/core/lock_kind.h"
#include "shim/core/lock_table.h"
#include "shim/core/semaphore.h"
#include "shim/core/standin_fix.h"
#include "shim/core/standin_route.h"
#include "shim/core/thread.h"
#include "shim/platform/birth_mark.h"
#include "shim/platform/recording.h"

/* Bits of a mutex' __data.__kind (glibc's pthreadP.h; its ABI fixes them). */
enum { KIND_TYPE = 3 };

bool standin_on, standin_has_left;

/* What is to be done with a lock. */
struct judgement {
    const void *object;
    enum trace_lock_kind kind;
    struct standin_route to;
    uint64_t fixes, left; /* sets of fixes that are for it; of those that cannot be done */
    uint32_t own_fix;     /* the one that it gets a stand-in of its own for, if has_own */
    bool has_own, becomes_recursive, is_initialised;
    uint32_t route;
    bool was_held, is_late; /* by whom it was not seen; another thread has judged it meanwhile */
};

static uint64_t bit(uint32_t fix)
{
    return (uint64_t)1 << fix;
}

/* Their rules are not a stand-in's: who ended with them, who waits first, what other processes do.
 * A semaphore may be a signal. */
static bool must_be_left(const struct lock_entry *entry)
{
    return entry->flags & (TRACE_LOCK_ROBUST | TRACE_LOCK_SHARED | TRACE_LOCK_PRIORITY) ||
           lock_id_is_signal(entry->id);
}

/* A mutex can be made recursive where it lies, which costs nothing afterwards. One that checks for
 * errors says so to a program that may rely on it. */
static void judge_recursive(struct judgement *judgement, const struct lock_entry *entry,
                            uint32_t fix)
{
    if (entry->kind == TRACE_LOCK_MUTEX && entry->flags & TRACE_LOCK_ERRORCHECK) {
        judgement->left |= bit(fix);
    } else if (entry->kind == TRACE_LOCK_MUTEX) {
        judgement->becomes_recursive = true;
        judgement->own_fix = fix;
    } else if (!judgement->has_own) {
        judgement->has_own = true;
        judgement->own_fix = fix;
    }
}

static void judge_fix(struct judgement *judgement, const struct lock_entry *entry, uint32_t fix)
{
    const struct standin_fix *applied = standin_fix_at(fix);
    judgement->fixes |= bit(fix);
    if (must_be_left(entry))
        judgement->left |= bit(fix);
    else if (applied->plan->kind == PLAN_FIX_recursive)
        judge_recursive(judgement, entry, fix);
    else if (applied->plan->kind == PLAN_FIX_gate)
        judgement->to.before |= bit(fix);
    else if (!judgement->to.instead)
        judgement->to.instead = applied->standin;
}

/* What the plan has for a lock of this birth. */
static void judge(struct judgement *judgement, const struct lock_entry *entry)
{
    const struct plan_lock lock_of_plan = {
        .object = judgement->object,
        .init_stack = entry->init_stack,
        .first_stack = entry->first_stack,
    };
    const struct plan_fix *fix;
    uint32_t class_index, from = 0;
    while ((fix = plan_fix_of(&lock_of_plan, from, &class_index))) {
        from = (uint32_t)(fix - plan.fixes) + 1;
        if (from <= standin_fix_count())
            judge_fix(judgement, entry, from - 1);
    }
    if (judgement->to.instead)
        judgement->has_own = judgement->becomes_recursive = false;
}

static bool is_routed(const struct judgement *judgement)
{
    return judgement->has_own || judgement->to.instead || judgement->to.before;
}

/* Locks without init lie where other ones may be constructed, unless they are static. */
static uint32_t inline_way(const struct judgement *judgement)
{
    struct module_place place;
    return judgement->is_initialised || module_find((uintptr_t)judgement->object, &place)
               ? LOCK_ROUTE_INLINE
               : 0;
}

static uint32_t make_route(const struct judgement *judgement)
{
    uint32_t number;
    if (judgement->becomes_recursive && !judgement->to.before)
        return LOCK_ROUTE_RECURSIVE | inline_way(judgement) | judgement->own_fix;
    if (!is_routed(judgement))
        return LOCK_ROUTE_OWN | inline_way(judgement);
    number = judgement->has_own ? standin_route_own(&judgement->to, judgement->own_fix)
                                : standin_route_share(&judgement->to);
    if (!number)
        recording_count_lost(TRACE_LOST_memory);
    return number ? number : LOCK_ROUTE_OWN;
}

/* Under the lock table's lock, so that all threads go one way from here on. */
static void decide(struct lock_entry *entry, void *context)
{
    struct judgement *judgement = context;
    if (entry->route) {
        judgement->is_late = true;
        judgement->route = entry->route;
        return;
    }
    judgement->was_held = !(judgement->route & LOCK_ROUTE_OWN) &&
                          lock_kind_is_held(judgement->kind, judgement->object);
    if (judgement->was_held)
        judgement->route = LOCK_ROUTE_OWN;
    if (judgement->becomes_recursive && !judgement->was_held) {
        pthread_mutex_t *mutex = (pthread_mutex_t *)judgement->object;
        mutex->__data.__kind = (mutex->__data.__kind & ~KIND_TYPE) | PTHREAD_MUTEX_RECURSIVE_NP;
        entry->flags = (uint16_t)((entry->flags & ~TRACE_LOCK_ADAPTIVE) | TRACE_LOCK_RECURSIVE);
    }
    entry->route = judgement->route;
}

static void count(const struct judgement *judgement)
{
    for (uint32_t i = 0; i < standin_fix_count(); i++) {
        bool is_left = judgement->was_held || judgement->left & bit(i);
        if (judgement->fixes & bit(i) && is_left)
            standin_fix_count_left(i);
        else if (judgement->fixes & bit(i))
            standin_fix_count_lock(i);
    }
}

/* A stand-in of a lock's own is where that was. */
static void name_own(const struct judgement *judgement, const struct lock_entry *entry)
{
    bool initialised = entry->init_stack != 0;
    const struct lock_birth birth = {.kind = TRACE_LOCK_MUTEX,
                                     .flags = TRACE_LOCK_RECURSIVE,
                                     .stack = initialised ? entry->init_stack : entry->first_stack,
                                     .thread =
                                         initialised ? entry->init_thread : entry->first_thread};
    standin_fix_name(standin_route_at(judgement->route)->instead, judgement->own_fix, &birth);
}

static uint32_t judged_route(const struct lock_entry *entry, enum trace_lock_kind kind)
{
    struct judgement judgement = {.object = (const void *)(uintptr_t)entry->address,
                                  .kind = kind,
                                  .is_initialised = entry->init_stack != 0};
    judge(&judgement, entry);
    uint32_t made = judgement.route = make_route(&judgement);
    lock_table_change(judgement.object, entry->id, decide, &judgement);
    if (judgement.route != made)
        standin_route_ended(made);
    if (judgement.is_late)
        return judgement.route;
    count(&judgement);
    if (standin_route_has_number(judgement.route) && judgement.has_own)
        name_own(&judgement, entry);
    return judgement.route;
}

/* At first sight; the caller is guarded. */
static uint32_t look_at(struct shim_thread *self, const void *object, enum trace_lock_kind kind,
                        uintptr_t address, uintptr_t pointer)
{
    struct lock_entry entry;
    const struct known_stack *stack = thread_capture(self, address, pointer);
    const struct lock_birth birth = {.kind = (uint16_t)kind,
                                     .flags = lock_kind_flags(kind, object),
                                     .stack = stack ? stack->id : 0,
                                     .thread = self->id};
    uint32_t id = kind == TRACE_LOCK_SEMAPHORE ? lock_table_find(object) : 0;
    if (!id)
        id = lock_table_enter(object, &birth);
    if (!id || !lock_table_get(object, id, &entry))
        return LOCK_ROUTE_OWN;
    return entry.route ? entry.route : judged_route(&entry, kind);
}

/* Constructed anew where a lock lay that had the mark. */
static bool is_another(const void *object, enum trace_lock_kind kind)
{
    return birth_mark_is_missing(kind, object) && lock_table_marks(object) & LOCK_MARK_BIRTH;
}

/* What is not seen without the table's lock may be there all the same, and must not go another way
 * for once. */
static uint32_t known_number(const void *object)
{
    struct lock_entry entry;
    uint32_t number = lock_table_route(object);
    if (!number && lock_table_get_any(object, &entry))
        number = entry.route;
    return number;
}

/* One that is constructed anew in its place is to be noticed, although nobody acquires it. Only
 * from the first thread's creation on can that be told. */
static void mark(const void *object, enum trace_lock_kind kind)
{
    struct lock_entry before;
    birth_mark_set(kind, object);
    lock_table_mark(object, LOCK_MARK_BIRTH, &before);
}

static uint32_t find_number(const void *object, enum trace_lock_kind kind, uintptr_t address,
                            uintptr_t pointer)
{
    uint32_t number = known_number(object);
    bool is_new = !number || is_another(object, kind);
    struct shim_thread *self = is_new ? thread_enter() : NULL;
    if (!self)
        return number;
    int saved_errno = errno;
    if (kind == TRACE_LOCK_SEMAPHORE)
        semaphore_look_at((sem_t *)object, 1, address, pointer);
    thread_guard(self, pointer);
    if (number)
        lock_table_retire(object);
    number = look_at(self, object, kind, address, pointer);
    thread_unguard(self);
    errno = saved_errno;
    return number;
}

/* Fixes that take their lock first where this is. */
static uint64_t taken_first_at(uintptr_t address, uintptr_t pointer)
{
    struct shim_thread *self = thread_enter();
    uint64_t set = 0;
    if (!self)
        return 0;
    int saved_errno = errno;
    thread_guard(self, pointer);
    const struct known_stack *stack = thread_capture(self, address, pointer);
    for (uint32_t i = 0; stack && i < standin_fix_count(); i++) {
        const struct plan_fix *fix = standin_fix_at(i)->plan;
        if (fix->kind == PLAN_FIX_ordered && plan_fix_is_at(fix, stack->id))
            set |= bit(i);
    }
    thread_unguard(self);
    errno = saved_errno;
    return set;
}

bool standin_find_route(const void *object, enum trace_lock_kind kind, uintptr_t address,
                        uintptr_t pointer, struct standin_route *route)
{
    uint32_t number = find_number(object, kind, address, pointer);
    *route =
        standin_route_has_number(number) ? *standin_route_at(number) : (struct standin_route){0};
    if (route->instead && birth_mark_is_missing(kind, object))
        mark(object, kind);
    if (lock_table_routing == LOCK_ROUTING_ALL)
        route->before |= taken_first_at(address, pointer);
    return route->instead || route->before;
}

struct standin *standin_instead_of(const void *object)
{
    uint32_t number = known_number(object);
    return standin_route_has_number(number) ? standin_route_at(number)->instead : NULL;
}

struct standin *standin_before(uint32_t fix)
{
    return standin_fix_at(fix)->standin;
}

uint64_t standin_takers(void)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < standin_fix_count(); i++)
        set |= standin_fix_at(i)->standin ? bit(i) : 0;
    return set;
}

static void go_own_way(struct lock_entry *entry, void *context)
{
    uint32_t *was = context;
    *was = entry->route;
    if (standin_route_has_number(entry->route))
        entry->route = LOCK_ROUTE_OWN | LOCK_ROUTE_INLINE;
}

static void count_left(const struct standin_route *route)
{
    if (route->instead)
        standin_fix_count_left(route->instead->fix);
    for (uint64_t rest = route->before; rest; rest &= rest - 1)
        standin_fix_count_left((uint32_t)__builtin_ctzll(rest));
}

void standin_leave(const void *semaphore)
{
    uint32_t was = LOCK_ROUTE_OWN;
    int saved_errno = errno;
    struct shim_thread *self = thread_enter_guarded();
    if (!self)
        return;
    lock_table_change(semaphore, lock_table_find(semaphore), go_own_way, &was);
    if (standin_route_has_number(was)) {
        standin_has_left = true;
        count_left(standin_route_at(was));
    }
    thread_unguard(self);
    errno = saved_errno;
}

bool standin_is_recursive(const struct standin *standin)
{
    return standin_fix_at(standin->fix)->plan->kind == PLAN_FIX_recursive;
}

void standin_note_again(const void *object)
{
    uint32_t route = lock_table_route(object);
    if (route & LOCK_ROUTE_RECURSIVE)
        standin_fix_count_acquisition(route & (LOCK_ROUTE_INLINE - 1));
}

void standin_count_wait(const struct standin *standin)
{
    standin_fix_count_wait(standin->fix);
}

void standin_start(void)
{
    bool takes_first = false;
    if (plan.fix_count > STANDIN_FIXES)
        plan_complain(0, "more than 64 fixes, not applied from here on",
                      plan.fixes[STANDIN_FIXES].name);
    if (!standin_fix_count() || !standin_fix_begin())
        return;
    for (uint32_t i = 0; i < standin_fix_count(); i++)
        takes_first |= standin_fix_at(i)->plan->kind == PLAN_FIX_ordered;
    lock_table_routing = takes_first ? LOCK_ROUTING_ALL : LOCK_ROUTING_BY_LOCK;
    standin_on = true;
    recording_lock();
    standin_fix_describe();
    recording_unlock();
}

void standin_describe(void)
{
    standin_fix_describe();
}

static void renew_all(uint32_t parent_tid, uint32_t child_tid)
{
    for (uint32_t i = 0; i < standin_fix_count(); i++) {
        if (standin_fix_at(i)->standin)
            standin_renew(standin_fix_at(i)->standin, parent_tid, child_tid);
    }
    standin_route_renew_own(parent_tid, child_tid);
}

void standin_after_fork(void)
{
    if (!standin_on)
        return;
    standin_fix_after_fork();
    standin_hold_after_fork(renew_all);
}
