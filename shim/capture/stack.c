#include "shim/capture/stack.h"

#include <stdatomic.h>

#include "shim/capture/module.h"
#include "shim/capture/unwind.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/recording.h"
#include "shim/platform/task.h"

enum { BUCKETS = 4096, FRAMES_MOST = 64, UNWIND_STACK_BYTES = 10 * 1024 };

/* How long a fork of another thread is waited for: no longer, as an atfork handler may in turn wait
 * for this thread. */
enum { FORK_STEP_NS = 200000, FORK_STEPS = 100 };

/* Serializes capture; buckets are read without it. */
static struct inner_lock lock;
static _Atomic(struct known_stack *) buckets[BUCKETS];
static struct carver stacks;
static struct pool by_id = POOL_INIT(struct known_stack *, 1024); /* id -> stack */

/* Call sites: the innermost frames that two stacks have in common. */
struct site {
    const struct known_stack *first; /* a stack that has it */
    uint32_t next;                   /* in its bucket */
};
static struct pool sites = POOL_INIT(struct site, 1024);
static uint32_t site_buckets[BUCKETS];

static atomic_uint forks; /* threads that are in fork() now */
static __thread bool forking __attribute__((tls_model("initial-exec"))); /* the calling one is */

static size_t bucket_of(uintptr_t address, uintptr_t depth)
{
    return ((address ^ depth << 17) * 0x9e3779b97f4a7c15u) >> 52;
}

static bool same_site(const struct known_stack *a, const struct known_stack *b)
{
    uint32_t depth = options.site_depth;
    uint32_t count_a = a->count < depth ? a->count : depth;
    uint32_t count_b = b->count < depth ? b->count : depth;
    if (count_a != count_b)
        return false;
    for (uint32_t i = 0; i < count_a; i++) {
        if (a->frames[i].address != b->frames[i].address)
            return false;
    }
    return true;
}

static uint32_t intern_site(const struct known_stack *stack)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < stack->count && i < options.site_depth; i++)
        hash = (hash ^ stack->frames[i].address) * 0x9e3779b97f4a7c15u;
    uint32_t *bucket = &site_buckets[hash >> 52];
    for (uint32_t index = *bucket; index;) {
        const struct site *site = pool_at(&sites, index);
        if (same_site(site->first, stack))
            return index;
        index = site->next;
    }
    uint32_t index = pool_alloc(&sites);
    if (!index)
        return 0;
    *(struct site *)pool_at(&sites, index) = (struct site){stack, *bucket};
    return *bucket = index;
}

static struct known_stack *find_shared(uintptr_t address, uintptr_t pointer, uintptr_t depth)
{
    struct known_stack *stack =
        atomic_load_explicit(&buckets[bucket_of(address, depth)], memory_order_acquire);
    for (; stack; stack = stack->next) {
        if (stack->frames[0].address == address && stack->depth == depth &&
            known_stack_matches(stack, pointer, 1))
            return stack;
    }
    return NULL;
}

/* The first thread's stack begins in _start and the C library, and as long as main is on it those
 * frames are what they were. */
static uint16_t without_start_frames(const struct unwind_frame *frames, size_t count)
{
    size_t left = count;
    while (left > 1 && module_is_c_library(frames[left - 1 - (left == count)].address))
        left -= 1 + (left == count);
    return (uint16_t)left;
}

static struct known_stack *add_stack(const struct unwind_frame *frames, size_t count,
                                     uintptr_t depth, enum unwind_end end)
{
    struct known_stack *stack =
        carver_alloc(&stacks, sizeof(*stack) + count * sizeof(stack->frames[0]));
    uint32_t id = stack ? pool_alloc(&by_id) : 0;
    if (!id)
        return NULL;
    struct module_place place;
    for (size_t i = 0; i < count; i++) {
        stack->frames[i].address = frames[i].address;
        stack->frames[i].offset = (uint32_t)(frames[i].slot - frames[0].slot);
        stack->frames[i].module =
            module_find(frames[i].address, &place) ? module_intern(&place) : 0;
    }
    stack->count = (uint16_t)count;
    stack->checked = end == UNWIND_COMPLETE ? without_start_frames(frames, count) : stack->count;
    stack->flags = end == UNWIND_CUT ? TRACE_STACK_TRUNCATED : 0;
    stack->in_handler = end == UNWIND_SIGNAL;
    stack->depth = depth;
    stack->id = id;
    stack->site = intern_site(stack);
    *(struct known_stack **)pool_at(&by_id, id) = stack;
    _Atomic(struct known_stack *) *bucket = &buckets[bucket_of(frames[0].address, depth)];
    stack->next = atomic_load_explicit(bucket, memory_order_relaxed);
    atomic_store_explicit(bucket, stack, memory_order_release);
    return stack;
}

/* Frames further up are read again on every hit, so they must lie on a stack whose bounds are
 * known; and the unwinder itself needs room. */
static bool can_unwind(uintptr_t stack_low, uintptr_t depth)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (!depth || here < stack_low) {
        recording_count_lost(TRACE_LOST_foreign_stack);
        return false;
    }
    if (!unwind_available() || here - stack_low < UNWIND_STACK_BYTES) {
        recording_count_lost(TRACE_LOST_stack);
        return false;
    }
    return true;
}

static struct known_stack *unwind_and_add(uintptr_t address, uintptr_t pointer, uintptr_t depth)
{
    struct unwind_frame frames[FRAMES_MOST];
    enum unwind_end end;
    size_t count =
        unwind_stack(address, pointer, pointer + depth, frames, options.stack_depth, &end);
    return add_stack(frames, count, depth, end);
}

/* A stack of one frame, for want of more: shared under depth 0. */
static struct known_stack *first_frame_only(uintptr_t address, uintptr_t pointer)
{
    struct known_stack *stack = find_shared(address, pointer, 0);
    if (stack)
        return stack;
    struct unwind_frame frame = {address, pointer};
    return add_stack(&frame, 1, 0, UNWIND_CUT);
}

static bool others_fork(void)
{
    return atomic_load_explicit(&forks, memory_order_relaxed) != forking;
}

static void wait_for_forks(void)
{
    for (int step = 0; step < FORK_STEPS && others_fork(); step++)
        task_sleep(FORK_STEP_NS);
}

/* During a fork only the forking thread unwinds (its atfork handlers may lock a lot); what others
 * capture meanwhile is not kept for later. */
static struct known_stack *capture_new(uintptr_t stack_low, uintptr_t address, uintptr_t pointer,
                                       uintptr_t depth, bool *keep)
{
    if (others_fork()) {
        *keep = false;
        recording_count_lost(TRACE_LOST_stack);
        return first_frame_only(address, pointer);
    }
    return can_unwind(stack_low, depth) ? unwind_and_add(address, pointer, depth)
                                        : first_frame_only(address, pointer);
}

static bool has_key(const struct stack_cache_entry *entry, uintptr_t address, uintptr_t pointer)
{
    return entry->address == address && entry->pointer == pointer;
}

static uintptr_t word_at(const struct stack_cache_entry *entry, uintptr_t pointer, uint32_t slot)
{
    return ((const uintptr_t *)pointer)[entry->words[slot]];
}

const struct stack_cache_entry *stack_cache_find_further(const struct stack_cache *cache,
                                                         uintptr_t address, uintptr_t pointer)
{
    size_t index = stack_cache_index(address, pointer);
    for (uint32_t level = 0; level <= STACK_CACHE_SLOTS; level++) {
        const struct stack_cache_entry *entry = stack_cache_find_at(cache, index, address, pointer);
        if (entry || level == STACK_CACHE_SLOTS ||
            !has_key(&cache->entries[index], address, pointer))
            return entry;
        index = stack_cache_behind(index, word_at(&cache->entries[index], pointer, level));
    }
    return NULL;
}

/* An interrupted lookup sees it whole or not. */
static void write_entry(struct stack_cache_entry *entry, const struct stack_cache_entry *filled,
                        uintptr_t address)
{
    struct stack_cache_entry unfinished = *filled;
    unfinished.address = entry->address = 0;
    atomic_signal_fence(memory_order_seq_cst);
    *entry = unfinished;
    atomic_signal_fence(memory_order_seq_cst);
    entry->address = address;
}

const struct stack_cache_entry *stack_cache_promote(struct stack_cache *cache,
                                                    const struct stack_cache_entry *found)
{
    const struct stack_cache_entry moved = *found;
    size_t index = stack_cache_index(moved.address, moved.pointer);
    struct stack_cache_entry *first = &cache->entries[index];
    struct stack_cache_entry *behind = &cache->entries[stack_cache_behind(index, first->slots[0])];
    if (behind->id != first->id || !has_key(behind, moved.address, moved.pointer))
        write_entry(behind, first, moved.address);
    write_entry(first, &moved, moved.address);
    return first;
}

/* The first that is not another stack's with this key, or the last there is. */
static struct stack_cache_entry *place_for(struct stack_cache *cache, uintptr_t address,
                                           uintptr_t pointer)
{
    size_t index = stack_cache_index(address, pointer);
    for (uint32_t level = 0; level < STACK_CACHE_SLOTS; level++) {
        if (!has_key(&cache->entries[index], address, pointer))
            break;
        index = stack_cache_behind(index, word_at(&cache->entries[index], pointer, level));
    }
    return &cache->entries[index];
}

static void remember(struct stack_cache *cache, const struct known_stack *stack, uintptr_t address,
                     uintptr_t pointer)
{
    struct stack_cache_entry *entry = place_for(cache, address, pointer);
    struct stack_cache_entry filled = {
        .pointer = pointer, /* and no address yet */
        .id = stack->id,
        .site_bits = stack->site << STACK_SITE_SHIFT,
        .rest = stack->checked > 1 + STACK_CACHE_SLOTS ? stack : NULL,
    };
    for (uint32_t i = 0; i < STACK_CACHE_SLOTS; i++) {
        const struct stack_frame *frame = &stack->frames[i + 1 < stack->checked ? i + 1 : 0];
        uintptr_t words = frame->offset / sizeof(uintptr_t);
        if (words > UINT16_MAX) { /* too far up to be packed */
            filled.rest = stack;
            frame = &stack->frames[0];
            words = 0;
        }
        filled.slots[i] = frame->address;
        filled.words[i] = (uint16_t)words;
    }
    write_entry(entry, &filled, address);
}

const struct known_stack *stack_capture(struct stack_cache *cache, uintptr_t stack_low,
                                        uintptr_t stack_high, uintptr_t address, uintptr_t pointer)
{
    const struct stack_cache_entry *entry = stack_cache_find_further(cache, address, pointer);
    if (entry)
        return stack_by_id(entry->id);
    bool own_stack = pointer >= stack_low && pointer < stack_high;
    uintptr_t depth = own_stack ? stack_high - pointer : 0;
    bool keep = true;
    struct known_stack *stack = depth ? find_shared(address, pointer, depth) : NULL;
    if (!stack) {
        wait_for_forks();
        inner_lock_acquire(&lock);
        stack = depth ? find_shared(address, pointer, depth) : NULL;
        if (!stack)
            stack = capture_new(stack_low, address, pointer, depth, &keep);
        inner_lock_release(&lock);
    }
    if (stack && keep && !stack->in_handler)
        remember(cache, stack, address, pointer);
    return stack;
}

uint32_t stack_record(const struct known_stack *known)
{
    struct known_stack *stack = (struct known_stack *)known;
    if (!stack)
        return 0;
    if (stack->written == recording_epoch)
        return stack->id;
    trace_code_t codes[FRAMES_MOST];
    for (uint32_t i = 0; i < stack->count; i++)
        codes[i] = module_record(stack->frames[i].module, stack->frames[i].address);
    size_t bytes = sizeof(struct trace_stack) + stack->count * sizeof(trace_code_t);
    struct trace_stack *record = recording_reserve(bytes);
    if (!record)
        return 0;
    record->id = stack->id;
    record->frame_count = stack->count;
    record->flags = stack->flags;
    for (uint32_t i = 0; i < stack->count; i++)
        record->frames[i] = codes[i];
    recording_publish(record, TRACE_STACK, bytes);
    stack->written = recording_epoch;
    return stack->id;
}

const struct known_stack *stack_by_id(uint32_t id)
{
    return id ? *(struct known_stack **)pool_at(&by_id, id) : NULL;
}

void stack_start(void)
{
    module_start();
    unwind_start();
}

void stack_after_fork(void)
{
    inner_lock_reset(&lock);
    module_after_fork();
    atomic_store_explicit(&forks, 0, memory_order_relaxed);
    forking = false;
}

void stack_fork_prepare(void)
{
    forking = true;
    atomic_fetch_add_explicit(&forks, 1, memory_order_relaxed);
    inner_lock_acquire(&lock); /* wait for an unwinding in progress */
    inner_lock_release(&lock);
}

void stack_fork_parent(void)
{
    atomic_fetch_sub_explicit(&forks, 1, memory_order_relaxed);
    forking = false;
}
