#include "shim/core/shared_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/core/lock_kind.h"
#include "shim/core/lock_table.h"
#include "shim/core/wait_search.h"
#include "shim/platform/text.h"

enum { MODE_BITS = 15, NOT_FOR_EVER = TRACE_MODE_TRY | TRACE_MODE_TIMED };

/* Whom to tell of whom `who` waits for. */
struct asking {
    uint32_t who;
    const struct wait_view *view;
    void (*found)(uint32_t who, void *context);
    void *context;
    bool closely, is_elsewhere;
};

static const struct peer_block *block_of(uint32_t who)
{
    return peer_block_at(who & ~SHARED_WAIT_PEER);
}

static uint32_t who_of(const struct peer_block *block)
{
    return SHARED_WAIT_PEER | (uint32_t)(block - peer_block_at(0));
}

bool shared_wait_view(uint32_t who, struct wait_view *view)
{
    if (!(who & SHARED_WAIT_PEER))
        return wait_graph_view(who, view);
    const struct peer_block *block = block_of(who);
    const struct trace_live *live = block->live;
    uint32_t number = __atomic_load_n(&live->wait, __ATOMIC_ACQUIRE);
    if (!(number & 1))
        return false;
    *view = (struct wait_view){
        .index = who,
        .id = __atomic_load_n(&live->thread, __ATOMIC_RELAXED),
        .number = number,
        .live = live,
        .address = __atomic_load_n(&live->wanted_address, __ATOMIC_RELAXED),
        .other = __atomic_load_n(&live->wanted_other, __ATOMIC_RELAXED),
        .since_ns = __atomic_load_n(&live->wanted_since_ns, __ATOMIC_RELAXED),
        .lock = __atomic_load_n(&live->wanted_lock, __ATOMIC_RELAXED),
        .stack = __atomic_load_n(&live->wanted_stack, __ATOMIC_RELAXED),
        .pid = peer_pid(block->peer),
        .kind = __atomic_load_n(&live->wanted_kind, __ATOMIC_RELAXED),
        .mode = __atomic_load_n(&live->wanted_mode, __ATOMIC_RELAXED),
    };
    bool is_for_good = view->kind == TRACE_WAIT_CONDITION ||
                       (view->kind < TRACE_WAIT_CONDITION && !(view->mode & NOT_FOR_EVER));
    return is_for_good && wait_graph_is_same(view);
}

static uint32_t held_count(const struct trace_live *live)
{
    const struct trace_chunk *chunk = (const struct trace_chunk *)live - 1;
    uint64_t room = (chunk->bytes - sizeof(*chunk) - sizeof(*live)) / sizeof(live->held[0]);
    uint32_t count = __atomic_load_n(&live->held_count, __ATOMIC_ACQUIRE);
    return count <= room ? count : 0;
}

/* A condition's wait ends with its mutex, which is then held for itself alone. */
static uint32_t mode_of(const struct wait_view *view)
{
    return view->kind == TRACE_WAIT_CONDITION ? 0 : view->mode;
}

static bool conflicts(const struct trace_held *held, uint32_t mode)
{
    return held->lock && !(held->site_mode & MODE_BITS & mode & TRACE_MODE_READ);
}

static bool is_place(const struct mapping_place *a, const struct mapping_place *b)
{
    return a->device == b->device && a->inode == b->inode && a->offset == b->offset;
}

static const struct trace_held *find_held_at(const struct peer_block *block,
                                             const struct mapping_place *place, uint32_t mode)
{
    struct mapping_place other;
    for (uint32_t i = 0; i < held_count(block->live); i++) {
        const struct trace_held *held = &block->live->held[i];
        if (conflicts(held, mode) &&
            peer_place(block->peer, held->lock, held->address, &other) == MAPPING_SHARED &&
            is_place(&other, place))
            return held;
    }
    return NULL;
}

static const struct trace_held *find_held_by_ours(const struct shim_thread *state,
                                                  const struct mapping_place *place, uint32_t mode)
{
    struct lock_entry entry;
    struct mapping_place own;
    const struct trace_live *live = state ? __atomic_load_n(&state->live, __ATOMIC_ACQUIRE) : NULL;
    uint32_t count = live ? __atomic_load_n(&live->held_count, __ATOMIC_ACQUIRE) : 0;
    for (uint32_t i = 0; i < count && i < live->capacity; i++) {
        const struct trace_held *held = &live->held[i];
        if (conflicts(held, mode) &&
            lock_table_get((const void *)(uintptr_t)held->address, held->lock, &entry) &&
            entry.flags & TRACE_LOCK_SHARED &&
            mapping_find(held->address, &own) == MAPPING_SHARED && is_place(&own, place))
            return held;
    }
    return NULL;
}

static void tell(const struct asking *asking, uint32_t who)
{
    if (who != asking->who)
        asking->found(who, asking->context);
}

/* A holder that is not blocked itself will release it: only those that are matter. */
static void ask_holders(const struct asking *asking, const struct mapping_place *place)
{
    uint32_t mode = mode_of(asking->view);
    peer_refresh(false);
    for (uint32_t i = 0; i < peer_block_count(); i++) {
        const struct peer_block *block = peer_block_at(i);
        if (__atomic_load_n(&block->live->wait, __ATOMIC_ACQUIRE) & 1 &&
            find_held_at(block, place, mode))
            tell(asking, SHARED_WAIT_PEER | i);
    }
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        if (find_held_by_ours(thread_at(i), place, mode))
            tell(asking, i);
    }
}

static bool thread_exists(uint32_t kernel_tid)
{
    int saved_errno = errno;
    bool exists = syscall(SYS_tkill, kernel_tid, 0) == 0 || errno != ESRCH;
    errno = saved_errno;
    return exists;
}

/* "1234 (any name) Z ...": ended, and its number is kept until its parent asks for it. */
static bool is_zombie(uint32_t kernel_tid)
{
    char buffer[64];
    struct text path = text_over(buffer, sizeof(buffer));
    text_add(&path, "/proc/");
    text_add_number(&path, kernel_tid);
    text_add(&path, "/stat");
    long fd = syscall(SYS_openat, AT_FDCWD, buffer, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    long count = syscall(SYS_read, fd, buffer, sizeof(buffer) - 1);
    syscall(SYS_close, fd);
    buffer[count > 0 ? count : 0] = '\0';
    const char *name_end = strrchr(buffer, ')');
    return name_end && strncmp(name_end, ") Z", 3) == 0;
}

/* The second costs more than a lock that is soon released is worth. */
static bool is_gone(uint32_t kernel_tid, bool closely)
{
    return !thread_exists(kernel_tid) || (closely && is_zombie(kernel_tid));
}

static uint32_t kind_of_lock(const struct wait_view *view)
{
    return view->kind == TRACE_WAIT_CONDITION ? TRACE_LOCK_MUTEX : view->kind;
}

static const void *lock_of(const struct wait_view *view)
{
    uint64_t address = view->kind == TRACE_WAIT_CONDITION ? view->other : view->address;
    return (const void *)(uintptr_t)address;
}

/* What the lock itself says of its owner, 0 if nothing; and its flags. */
static uint32_t owner_of(const struct wait_view *view, uint16_t *flags)
{
    const void *lock = lock_of(view);
    uint32_t kind = kind_of_lock(view), owner = 0;
    *flags = 0;
    lock_table_pin();
    if (view->lock && lock_table_find(lock) == view->lock) {
        *flags = lock_kind_flags(kind, lock);
        if (kind == TRACE_LOCK_MUTEX || kind == TRACE_LOCK_RWLOCK)
            owner = lock_kind_owner(kind, lock);
    }
    lock_table_unpin();
    return owner;
}

bool shared_wait_place(const struct wait_view *view, struct mapping_place *place)
{
    return mapping_find((uintptr_t)lock_of(view), place) == MAPPING_SHARED;
}

static bool is_blocked(const struct peer_block *block)
{
    return __atomic_load_n(&block->live->wait, __ATOMIC_ACQUIRE) & 1;
}

/* An owner that is not blocked itself will release it; that is the usual case, and costs least: if
 * it is gone, a closer look will tell. */
static void ask_owner(const struct asking *asking, uint32_t owner, uint16_t flags)
{
    struct mapping_place place;
    const struct peer_block *block = peer_find(owner, false);
    if (block && !is_blocked(block) && !asking->closely)
        return;
    if (is_gone(owner, asking->closely)) {
        if (!(flags & TRACE_LOCK_ROBUST))
            tell(asking, WAIT_SEARCH_GONE);
        return;
    }
    if (block && is_blocked(block) && shared_wait_place(asking->view, &place) &&
        find_held_at(block, &place, mode_of(asking->view)))
        tell(asking, who_of(block));
}

static void ask_elsewhere(const struct asking *asking)
{
    uint16_t flags;
    struct mapping_place place;
    uint32_t owner = owner_of(asking->view, &flags);
    if (owner)
        ask_owner(asking, owner, flags);
    else if (kind_of_lock(asking->view) != TRACE_LOCK_MUTEX &&
             shared_wait_place(asking->view, &place))
        ask_holders(asking, &place);
}

static void found_own(uint32_t thread, void *context)
{
    struct asking *asking = context;
    if (thread == WAIT_SEARCH_ELSEWHERE)
        asking->is_elsewhere = true;
    else if (thread != WAIT_SEARCH_GONE)
        tell(asking, thread);
}

/* The other threads of the process that `who` belongs to, told by what its blocks say. */
static void ask_in_its_process(const struct asking *asking)
{
    const struct wait_view *view = asking->view;
    uint32_t peer = block_of(asking->who)->peer, mode = mode_of(view);
    for (uint32_t i = 0; i < peer_block_count(); i++) {
        const struct peer_block *block = peer_block_at(i);
        bool holds = view->kind == TRACE_LOCK_THREAD && block->live->thread == view->other;
        if (block->peer != peer)
            continue;
        for (uint32_t j = 0; j < held_count(block->live) && !holds; j++) {
            const struct trace_held *held = &block->live->held[j];
            holds = held->lock == view->lock && conflicts(held, mode);
        }
        if (holds)
            tell(asking, SHARED_WAIT_PEER | i);
    }
}

static void ask_of_peer(const struct asking *asking)
{
    const struct wait_view *view = asking->view;
    struct mapping_place place;
    enum mapping_answer answer = MAPPING_PRIVATE;
    if (view->kind != TRACE_LOCK_THREAD)
        answer =
            peer_place(block_of(asking->who)->peer, view->lock, (uintptr_t)lock_of(view), &place);
    if (answer == MAPPING_SHARED)
        ask_holders(asking, &place);
    else if (answer == MAPPING_PRIVATE)
        ask_in_its_process(asking);
}

void shared_wait_asks(uint32_t who, const struct wait_view *view, bool closely,
                      void (*found)(uint32_t who, void *context), void *context)
{
    struct asking asking = {
        .who = who, .view = view, .found = found, .context = context, .closely = closely};
    if (who & SHARED_WAIT_PEER) {
        ask_of_peer(&asking);
        return;
    }
    wait_graph_waits_for(view, found_own, &asking);
    if (asking.is_elsewhere)
        ask_elsewhere(&asking);
}

bool shared_wait_gone(const struct wait_view *view, const struct peer_block **block,
                      const struct trace_held **held)
{
    uint16_t flags;
    struct mapping_place place, other;
    uint32_t owner = owner_of(view, &flags);
    *block = owner && is_gone(owner, true) ? peer_find(owner, true) : NULL;
    if (!*block || !shared_wait_place(view, &place))
        return false;
    for (uint32_t i = 0; i < held_count((*block)->live); i++) {
        *held = &(*block)->live->held[i];
        if ((*held)->lock && peer_recorded_place((*block)->peer, (*held)->lock, &other) &&
            is_place(&other, &place))
            return true;
    }
    return false;
}

bool shared_wait_is_proved(uint32_t who, const struct wait_view *view, uint32_t holder)
{
    struct mapping_place place;
    bool has_place = view->pid ? peer_place(block_of(who)->peer, view->lock,
                                            (uintptr_t)lock_of(view), &place) == MAPPING_SHARED
                               : shared_wait_place(view, &place);
    if (view->kind != TRACE_LOCK_SEMAPHORE || !has_place)
        return view->kind != TRACE_LOCK_SEMAPHORE;
    const struct trace_held *held = holder & SHARED_WAIT_PEER
                                        ? find_held_at(block_of(holder), &place, 0)
                                        : find_held_by_ours(thread_at(holder), &place, 0);
    return held && !held->attention;
}

bool shared_wait_is_running(uint32_t who)
{
    return !(who & SHARED_WAIT_PEER) || peer_is_running(block_of(who)->peer);
}
