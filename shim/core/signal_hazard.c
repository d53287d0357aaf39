#include "shim/core/signal_hazard.h"

#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>

#include "shim/capture/stack.h"
#include "shim/core/lock_table.h"
#include "shim/core/misuse_lock.h"

enum { LAST_SIGNAL = 64, JUDGED = 256 };

/* As the kernel has it: bit n - 1 is signal n. */
#define SIGNAL_BIT(number) ((uint64_t)1 << ((number)-1))

/* The C library's own two and what cannot be blocked are in no mask that counts. */
#define NEVER_ASKED (SIGNAL_BIT(32) | SIGNAL_BIT(33) | SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))
#define OWN_DOING                                                                                  \
    (SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGILL) |          \
     SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGSYS) | SIGNAL_BIT(SIGABRT))

bool signal_hazard_possible;

/* What is blocked in the handler beside what was; where the last action had a handler. Any thread
 * may install one at any time: a mixture of two is no handler that anybody is in. */
static struct {
    atomic_uint_fast64_t blocks;
    atomic_uint flags;
} handlers[LAST_SIGNAL + 1];
static atomic_uint_fast64_t ever_handled, handled;

/* Lock, stack and thread of the last takings that were looked at, by their hash. */
static atomic_uint_fast64_t judged[JUDGED];

static uint64_t key_of(uint32_t lock, uint32_t stack, uint32_t thread)
{
    return (uint64_t)lock << 32 | (stack ^ thread * 0x9e3779b1u);
}

static atomic_uint_fast64_t *judged_at(uint64_t key)
{
    return &judged[(key * 0x9e3779b97f4a7c15u) >> 56];
}

static uint64_t kernel_mask(const sigset_t *set)
{
    uint64_t mask;
    memcpy(&mask, set, sizeof(mask));
    return mask & ~NEVER_ASKED;
}

static bool is_handler(const struct sigaction *action)
{
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

void signal_hazard_installed(int number, const struct sigaction *action)
{
    if (number < 1 || number > LAST_SIGNAL)
        return;
    uint64_t bit = SIGNAL_BIT(number);
    if (!is_handler(action)) {
        atomic_fetch_and_explicit(&handled, ~bit, memory_order_relaxed);
        return;
    }
    uint64_t itself = action->sa_flags & SA_NODEFER ? 0 : bit;
    atomic_store_explicit(&handlers[number].blocks, kernel_mask(&action->sa_mask) | itself,
                          memory_order_relaxed);
    atomic_store_explicit(&handlers[number].flags, (unsigned)action->sa_flags,
                          memory_order_relaxed);
    atomic_fetch_or_explicit(&handled, bit, memory_order_relaxed);
    uint64_t before = atomic_fetch_or_explicit(&ever_handled, bit, memory_order_relaxed);
    if (before & bit || bit & OWN_DOING || !misuse_is_on(MISUSE_SIGNAL_HANDLER_LOCK))
        return;
    signal_hazard_possible = true;
    lock_table_watch_all();
}

static bool is_judged(uint32_t lock, uint32_t stack)
{
    uint64_t key = key_of(lock, stack, thread_self->id);
    return atomic_load_explicit(judged_at(key), memory_order_relaxed) == key;
}

bool signal_hazard_wants_slow(const void *object, uint32_t lock, uint32_t stack)
{
    uint16_t marks = lock_table_marks(object);
    return marks & LOCK_MARK_UNMET || (marks & LOCK_MARK_IN_HANDLER && !is_judged(lock, stack));
}

/* The kernel's frame: its ucontext, without the C library's longer signal set, then the siginfo. */
static const void *interrupted_context(const struct known_stack *stack, uintptr_t pointer)
{
    return (const void *)(pointer + stack->frames[stack->count - 1].offset + sizeof(uintptr_t));
}

static int signal_told(const ucontext_t *context)
{
    int number;
    size_t place = offsetof(ucontext_t, uc_sigmask) + sizeof(uint64_t);
    memcpy(&number, (const char *)context + place, sizeof(number));
    return number;
}

/* Could the handler of this signal have been called there? Only SA_SIGINFO has its number told. */
static bool is_signal_of(int number, const ucontext_t *context, uint64_t blocked)
{
    unsigned flags = atomic_load_explicit(&handlers[number].flags, memory_order_relaxed);
    uint64_t blocks = atomic_load_explicit(&handlers[number].blocks, memory_order_relaxed);
    return (kernel_mask(&context->uc_sigmask) | blocks) == blocked &&
           (!(flags & SA_SIGINFO) || signal_told(context) == number);
}

/* More than one if they share a mask; none if the handler changed it, or for a fault. */
static uint64_t signals_handled_in(const struct known_stack *stack, uintptr_t pointer,
                                   uint64_t blocked)
{
    uint64_t known = atomic_load_explicit(&ever_handled, memory_order_relaxed), signals = 0;
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        if (known & SIGNAL_BIT(number) &&
            is_signal_of(number, interrupted_context(stack, pointer), blocked))
            signals |= SIGNAL_BIT(number);
    }
    return signals & OWN_DOING ? 0 : signals;
}

/* Its handler has run, and was taken away by that. */
static void note_gone(uint64_t signals)
{
    for (int number = 1; number <= LAST_SIGNAL; number++) {
        if (signals == SIGNAL_BIT(number) &&
            atomic_load_explicit(&handlers[number].flags, memory_order_relaxed) & SA_RESETHAND)
            atomic_fetch_and_explicit(&handled, ~signals, memory_order_relaxed);
    }
}

/* One taking of a lock, and what was known of the other side. */
struct taking {
    uint32_t stack, thread;
    uint64_t signals; /* it may be in the handler of these; or these could have arrived */
    bool in_handler, is_hazard;
    uint32_t mode;
    struct lock_entry before;
};

/* The thread that has the lock blocks when it wants it like this. A rwlock tells its writer so. */
static bool counts(const struct lock_entry *entry, const struct taking *taking)
{
    bool reads = taking->mode & TRACE_MODE_READ;
    if (taking->in_handler && taking->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED))
        return false;
    if (entry->flags & (TRACE_LOCK_RECURSIVE | TRACE_LOCK_ERRORCHECK))
        return false;
    if (entry->kind == TRACE_LOCK_RWLOCK)
        return taking->in_handler ? !reads || entry->flags & TRACE_LOCK_WRITER_QUEUES : reads;
    return taking->signals && misuse_object_of(entry->kind);
}

/* Under the table's lock. What one side is certain of the other must be, too: each signal that it
 * may be could have arrived. */
static void meet(struct lock_entry *entry, void *context)
{
    struct taking *taking = context;
    bool other_is_handler = entry->marks & LOCK_MARK_IN_HANDLER;
    entry->marks &= (uint16_t)~LOCK_MARK_UNMET;
    if (entry->marks & LOCK_MARK_TOLD || lock_table_is_inherited(entry->id) || !taking->signals ||
        !counts(entry, taking))
        return;
    if (taking->in_handler != other_is_handler && entry->signals) {
        uint64_t in = taking->in_handler ? taking->signals : entry->signals;
        uint64_t open = taking->in_handler ? entry->signals : taking->signals;
        bool is_lock = entry->kind != TRACE_LOCK_SEMAPHORE || entry->marks & TRACE_MARK_PROVED;
        taking->is_hazard = is_lock && !(in & ~open);
    }
    taking->before = *entry;
    if (taking->is_hazard) {
        entry->marks = (uint16_t)((entry->marks | LOCK_MARK_TOLD) & ~LOCK_MARK_IN_HANDLER);
    } else if (taking->in_handler || (!other_is_handler && !entry->signals)) {
        entry->marks |= taking->in_handler ? LOCK_MARK_IN_HANDLER : 0;
        entry->signals = taking->signals;
        entry->side_stack = taking->stack;
        entry->side_thread = taking->thread;
    }
}

static void tell(const void *object, const struct taking *taking)
{
    const struct lock_entry *other = &taking->before;
    bool in_handler = taking->in_handler;
    struct misuse misuse = {
        .rule = MISUSE_SIGNAL_HANDLER_LOCK,
        .object = misuse_object_of(other->kind),
        .place = object,
        .function = "",
        .result = __builtin_ctzll(in_handler ? taking->signals : other->signals) + 1,
        .flags = TRACE_MISUSE_SIGNAL,
        .role = MISUSE_PLACE_IN_HANDLER,
        .other = {.role = MISUSE_PLACE_OUTSIDE},
    };
    misuse.other.thread = in_handler ? other->side_thread : taking->thread;
    misuse.other.stack = in_handler ? other->side_stack : taking->stack;
    misuse_tell_of(in_handler ? taking->thread : other->side_thread,
                   in_handler ? taking->stack : other->side_stack, &misuse);
}

static bool is_new(const void *object, const struct trace_held *entry, bool in_handler)
{
    uint16_t marks = lock_table_marks(object);
    bool is_open = marks & (LOCK_MARK_UNMET | LOCK_MARK_IN_HANDLER) || in_handler;
    return is_open && !(marks & LOCK_MARK_TOLD) &&
           (marks & LOCK_MARK_UNMET || !is_judged(entry->lock, entry->stack));
}

void signal_hazard_note(const struct shim_thread *self, const struct trace_held *entry,
                        uintptr_t pointer)
{
    const void *object = (const void *)(uintptr_t)entry->address;
    const struct known_stack *stack = stack_by_id(entry->stack);
    if (!signal_hazard_possible || !entry->lock || !stack ||
        !is_new(object, entry, stack->in_handler))
        return;
    uint64_t blocked = inner_quiet_mask() & ~NEVER_ASKED;
    struct taking taking = {
        .stack = entry->stack,
        .thread = self->id,
        .in_handler = stack->in_handler,
        .mode = entry->site_mode,
    };
    if (taking.in_handler) {
        taking.signals = signals_handled_in(stack, pointer, blocked);
        note_gone(taking.signals);
    } else {
        taking.signals =
            atomic_load_explicit(&handled, memory_order_relaxed) & ~blocked & ~OWN_DOING;
    }
    lock_table_change(object, entry->lock, meet, &taking);
    uint64_t key = key_of(entry->lock, entry->stack, self->id);
    atomic_store_explicit(judged_at(key), key, memory_order_relaxed);
    if (taking.is_hazard)
        tell(object, &taking);
}
