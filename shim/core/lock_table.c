#include "shim/core/lock_table.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/core/chain_table.h"
#include "shim/core/held_time.h"
#include "shim/core/lock_mapping.h"
#include "shim/core/lock_notes.h"
#include "shim/core/lock_pages.h"
#include "shim/core/perturb.h"
#include "shim/core/steer.h"
#include "shim/core/standin.h"
#include "shim/core/thread.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/recording.h"

enum { FIRST_LOG = 10, SPARSE_SLOTS = 1 << 16, FIRST_ENTRIES = 256 };

static struct lock_slot no_slots[2];
struct lock_slots lock_slots = {.slots = no_slots, .shift = 63};

/* Protects every change to the slots, the entries and the page lists. */
static struct inner_lock lock;
static struct pool entries = POOL_INIT(struct lock_entry, FIRST_ENTRIES);
static uint64_t used;                  /* slots */
static uint32_t last_id, inherited_id; /* serial numbers */
static bool watch_new;
enum lock_routing lock_table_routing;

static struct lock_entry *entry_at(uint32_t index)
{
    const struct pool known = POOL_INIT(struct lock_entry, FIRST_ENTRIES);
    return pool_at_like(&entries, &known, index);
}

static uintptr_t place_of(uint32_t index)
{
    return lock_object_place(entry_at(index)->address);
}

static uint64_t capacity(void)
{
    return lock_slots.slots == no_slots ? 0 : (uint64_t)1 << (64 - lock_slots.shift);
}

/* The slot of `address`, or the free one where it would go. */
static struct lock_slot *probe(const struct lock_slots *table, uint64_t address)
{
    uint64_t mask = UINT64_MAX >> table->shift, at = lock_table_hash(address) >> table->shift;
    while (table->slots[at].id && table->slots[at].address != address)
        at = (at + 1) & mask;
    return &table->slots[at];
}

static bool is_unproved(const struct lock_entry *entry)
{
    return entry->kind == TRACE_LOCK_SEMAPHORE &&
           !(entry->marks & (TRACE_MARK_SIGNAL | TRACE_MARK_PROVED));
}

/* Fixes are for it, or not known not to be. Those of C and POSIX only. */
static bool is_routed(const struct lock_entry *entry)
{
    return lock_table_routing && entry->kind && entry->kind <= TRACE_LOCK_SEMAPHORE &&
           (lock_table_routing == LOCK_ROUTING_ALL || !(entry->route & LOCK_ROUTE_INLINE));
}

/* What a slot has for an id: with LOCK_ID_SPECIAL alone on top of that of an unproved semaphore,
 * so that it can be proved without changing its id, or of a lock that is watched, whose times are
 * taken, that has a route, or that may be a step's. */
static uint32_t slot_id(const struct lock_entry *entry)
{
    bool is_slow = is_unproved(entry) || entry->marks & LOCK_MARKS_WATCHED ||
                   held_time_is_for(entry->kind) || is_routed(entry) || steer_is_on ||
                   perturb_is_on;
    return is_slow ? entry->id | LOCK_ID_SPECIAL : entry->id;
}

static uint32_t instance_id(uint32_t slot_id)
{
    return (slot_id & ~LOCK_ID_SERIAL) == LOCK_ID_SPECIAL ? slot_id & LOCK_ID_SERIAL : slot_id;
}

uint32_t lock_table_find_index(const void *object, uint32_t *index)
{
    uint64_t address = (uintptr_t)object;
    uint64_t shift = __atomic_load_n(&lock_slots.shift, __ATOMIC_ACQUIRE);
    const struct lock_slot *slots = __atomic_load_n(&lock_slots.slots, __ATOMIC_ACQUIRE);
    uint64_t mask = UINT64_MAX >> shift, at = lock_table_hash(address) >> shift;
    for (;; at = (at + 1) & mask) {
        uint32_t id = __atomic_load_n(&slots[at].id, __ATOMIC_ACQUIRE);
        if (!id)
            return 0;
        *index = __atomic_load_n(&slots[at].entry, __ATOMIC_RELAXED);
        if (__atomic_load_n(&slots[at].address, __ATOMIC_ACQUIRE) == address &&
            __atomic_load_n(&slots[at].id, __ATOMIC_RELAXED) == id)
            return instance_id(id);
    }
}

uint32_t lock_table_find(const void *object)
{
    uint32_t index;
    return lock_table_find_index(object, &index);
}

static void fill(struct lock_slot *slot, uint64_t address, uint32_t entry, uint32_t id)
{
    __atomic_store_n(&slot->entry, entry, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->address, address, __ATOMIC_RELEASE);
    __atomic_store_n(&slot->id, id, __ATOMIC_RELEASE);
}

/* At most half full, and while that costs little a quarter: then hardly a lock lies anywhere but in
 * its first slot. */
static bool is_crowded(void)
{
    return used * (capacity() < SPARSE_SLOTS ? 4 : 2) >= capacity();
}

/* The pages of the outgrown table stay mapped and become zeros: a reader still in it misses. */
static bool grow(void)
{
    struct lock_slots old = lock_slots;
    uint64_t old_capacity = capacity();
    uint32_t log = old_capacity ? 64 - (uint32_t)old.shift + 1 : FIRST_LOG;
    struct lock_slots table = {memory_map(sizeof(struct lock_slot) << log), 64 - log};
    if (!table.slots)
        return false;
    for (uint64_t i = 0; i < old_capacity; i++) {
        const struct lock_slot *slot = &old.slots[i];
        if (slot->id)
            fill(probe(&table, slot->address), slot->address, slot->entry, slot->id);
    }
    __atomic_store_n(&lock_slots.slots, table.slots, __ATOMIC_RELEASE);
    __atomic_store_n(&lock_slots.shift, table.shift, __ATOMIC_RELEASE);
    if (old_capacity)
        madvise(old.slots, old_capacity * sizeof(struct lock_slot), MADV_DONTNEED);
    return true;
}

/* Closes the gap a removed slot leaves, so that probes stay short whatever comes and goes. A slot
 * is unset before it changes, so a reader never pairs an id with another's address. */
static void remove_slot(struct lock_slot *removed)
{
    struct lock_slot *slots = lock_slots.slots;
    uint64_t mask = UINT64_MAX >> lock_slots.shift, hole = (uint64_t)(removed - slots);
    for (uint64_t at = (hole + 1) & mask; slots[at].id; at = (at + 1) & mask) {
        uint64_t home = lock_table_hash(slots[at].address) >> lock_slots.shift;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        struct lock_slot moved = slots[at];
        __atomic_store_n(&slots[hole].id, 0, __ATOMIC_RELEASE);
        fill(&slots[hole], moved.address, moved.entry, moved.id);
        hole = at;
    }
    __atomic_store_n(&slots[hole].id, 0, __ATOMIC_RELEASE);
    used--;
}

static void note_stack_lock(uintptr_t address, struct lock_entry *entry)
{
    struct shim_thread *owner = thread_of_stack(address);
    if (!owner)
        return;
    entry->flags |= TRACE_LOCK_ON_STACK;
    entry->stack_owner = owner->id;
    uintptr_t lowest = atomic_load_explicit(&owner->lowest_stack_lock, memory_order_relaxed);
    while (address < lowest &&
           !atomic_compare_exchange_weak_explicit(&owner->lowest_stack_lock, &lowest, address,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

static bool is_never_held(uint16_t kind)
{
    return kind == TRACE_LOCK_CONDITION || kind == TRACE_LOCK_BARRIER;
}

/* For those of C and POSIX whether a handler takes them matters. */
static uint16_t marks_at_birth(uint16_t kind)
{
    return watch_new && kind && kind <= TRACE_LOCK_SEMAPHORE ? LOCK_MARK_UNMET : 0;
}

static uint32_t new_id(uint16_t kind, uint16_t flags, uint16_t marks)
{
    uint32_t id = ++last_id;
    if (!kind || is_never_held(kind) || marks & TRACE_MARK_SIGNAL)
        id |= LOCK_ID_SPECIAL | LOCK_ID_SIGNAL;
    if (flags & TRACE_LOCK_ROBUST)
        id |= LOCK_ID_SPECIAL | LOCK_ID_ROBUST;
    if (flags & TRACE_LOCK_WRITER_QUEUES)
        id |= LOCK_ID_SPECIAL | LOCK_ID_RECORD_ALWAYS;
    return id;
}

static uint32_t add(uint64_t address, const struct lock_birth *birth, bool initialised)
{
    if (is_crowded() && !grow())
        return 0;
    uint32_t *page = lock_pages_make(lock_object_place(address));
    uint32_t index = page ? pool_alloc(&entries) : 0;
    if (!index)
        return 0;
    struct lock_entry *entry = entry_at(index);
    *entry = (struct lock_entry){
        .address = address,
        .id = new_id(birth->kind, birth->flags, birth->marks),
        .init_stack = initialised ? birth->stack : 0,
        .init_thread = initialised ? birth->thread : 0,
        .first_stack = initialised ? 0 : birth->stack,
        .first_thread = initialised ? 0 : birth->thread,
        .page_next = *page,
        .kind = birth->kind,
        .flags = birth->flags,
        .marks = birth->marks | marks_at_birth(birth->kind),
    };
    entry->events = (uint64_t)entry->id << 32;
    *page = index;
    lock_pages_count(lock_object_place(address), 1);
    note_stack_lock(lock_object_place(address), entry);
    fill(probe(&lock_slots, address), address, index, slot_id(entry));
    used++;
    if (birth->kind && !is_never_held(birth->kind))
        recording_count_seen(0, 1, 0);
    return entry->id;
}

static void unlink_from_page(uint32_t index)
{
    uintptr_t place = place_of(index);
    uint32_t *head = lock_pages_find(place), *link = head;
    if (!head)
        return;
    while (*link && *link != index)
        link = &entry_at(*link)->page_next;
    if (*link) {
        *link = entry_at(index)->page_next;
        lock_pages_count(place, -1);
    }
    if (!*head)
        lock_pages_clear(place);
}

/* Looks at locks of other threads that may be gone the next moment. Rarely more than none. */
static atomic_uint pins;

void lock_table_pin(void)
{
    atomic_fetch_add_explicit(&pins, 1, memory_order_seq_cst);
}

void lock_table_unpin(void)
{
    atomic_fetch_sub_explicit(&pins, 1, memory_order_release);
}

/* The instances are out of the table; whoever did not notice has a pin. One that was cancelled
 * asynchronously meanwhile never takes it back: so not for ever. */
static void wait_for_pins(void)
{
    enum { TRIES = 1000 };
    atomic_thread_fence(memory_order_seq_cst);
    for (int i = 0; i < TRIES && atomic_load_explicit(&pins, memory_order_acquire); i++)
        sched_yield();
}

/* Takes the instance out of the tables; its entry goes onto `*ended`, linked by page_next. */
static void take_out(struct lock_slot *slot, uint32_t *ended)
{
    uint32_t index = slot->entry;
    unlink_from_page(index);
    remove_slot(slot);
    entry_at(index)->page_next = *ended;
    *ended = index;
}

/* The chains go first, outside the table's lock (their own is taken before it elsewhere). */
static void bury(uint32_t ended)
{
    if (!ended)
        return;
    wait_for_pins();
    for (uint32_t index = ended; index; index = entry_at(index)->page_next) {
        const struct lock_entry *entry = entry_at(index);
        bool lasts = entry->marks & LOCK_MARK_SHARED || entry->kind == TRACE_LOCK_THREAD;
        enum chain_lock_tie tie = lasts                                   ? CHAIN_LOCK_LASTING
                                  : entry->marks & ~LOCK_MARKS_UNRECORDED ? CHAIN_LOCK_NAMED
                                                                          : CHAIN_LOCK_UNTIED;
        chain_table_drop(entry->id, tie);
        if (entry->marks & LOCK_MARK_NOTED)
            lock_notes_drop(entry->id);
        if (lock_table_routing)
            standin_route_ended(entry->route);
    }
    inner_lock_acquire(&lock);
    while (ended) {
        uint32_t next = entry_at(ended)->page_next;
        pool_free(&entries, ended);
        ended = next;
    }
    inner_lock_release(&lock);
}

static struct lock_slot *find_slot(const void *object)
{
    struct lock_slot *slot = probe(&lock_slots, (uintptr_t)object);
    return slot->id ? slot : NULL;
}

/* A new instance instead of the one in `slot`. What was said of a lock before its kind was known is
 * said of the lock that it turns out to be. */
static uint32_t replace(struct lock_slot *slot, uint64_t address, const struct lock_birth *birth,
                        bool initialised, uint32_t *ended)
{
    take_out(slot, ended);
    uint32_t id = add(address, birth, initialised);
    struct lock_entry *old = entry_at(*ended);
    if (id && !old->kind && old->marks & LOCK_MARK_NOTED) {
        lock_notes_move(old->id, id);
        old->marks &= (uint16_t)~LOCK_MARK_NOTED;
        entry_at(probe(&lock_slots, address)->entry)->marks |= LOCK_MARK_NOTED;
    }
    return id;
}

/* Where a condition or barrier has been, unless that was destroyed, a lock may lie now. */
static bool is_superseded(const struct lock_entry *entry, uint16_t kind)
{
    bool differs = entry->kind != kind && (is_never_held(entry->kind) || is_never_held(kind));
    return kind && (!entry->kind || differs);
}

uint32_t lock_table_enter(const void *object, const struct lock_birth *birth)
{
    uint32_t ended = 0, id;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (!slot)
        id = add((uintptr_t)object, birth, false);
    else if (is_superseded(entry_at(slot->entry), birth->kind))
        id = replace(slot, slot->address, birth, false, &ended);
    else
        id = instance_id(slot->id);
    inner_lock_release(&lock);
    bury(ended);
    return id;
}

void lock_table_create(const void *object, const struct lock_birth *birth)
{
    uint32_t ended = 0;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot)
        replace(slot, slot->address, birth, true, &ended);
    else
        add((uintptr_t)object, birth, true);
    inner_lock_release(&lock);
    bury(ended);
}

void lock_table_give_kind(const void *untyped, const void *object, const struct lock_birth *birth)
{
    uint32_t ended = 0;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(untyped);
    if (slot && !entry_at(slot->entry)->kind && !find_slot(object))
        replace(slot, (uintptr_t)object, birth, false, &ended);
    inner_lock_release(&lock);
    bury(ended);
}

void lock_table_retire(const void *object)
{
    uint32_t ended = 0;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot)
        take_out(slot, &ended);
    inner_lock_release(&lock);
    bury(ended);
}

void lock_table_open(const void *object, const struct lock_birth *birth)
{
    inner_lock_acquire(&lock);
    if (find_slot(object) || add((uintptr_t)object, birth, true))
        entry_at(find_slot(object)->entry)->opens++;
    inner_lock_release(&lock);
}

void lock_table_close(const void *object)
{
    uint32_t ended = 0;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot && entry_at(slot->entry)->opens > 1)
        entry_at(slot->entry)->opens--;
    else if (slot)
        take_out(slot, &ended);
    inner_lock_release(&lock);
    bury(ended);
}

/* The next entry index in [start, end) on the page list, from `index` on. */
static uint32_t next_inside(uint32_t index, uintptr_t start, uintptr_t end)
{
    while (index && (place_of(index) < start || place_of(index) >= end))
        index = entry_at(index)->page_next;
    return index;
}

static void retire_on_page(uintptr_t page, uintptr_t start, uintptr_t end, uint32_t *ended)
{
    uint32_t *head = lock_pages_find(page);
    uint32_t index = head ? next_inside(*head, start, end) : 0;
    while (index) {
        uint32_t next = next_inside(entry_at(index)->page_next, start, end);
        take_out(probe(&lock_slots, entry_at(index)->address), ended);
        index = next;
    }
}

void lock_table_retire_range(uintptr_t start, uintptr_t end)
{
    uint32_t ended = 0;
    inner_lock_acquire(&lock);
    uintptr_t page = start;
    while ((page = lock_pages_next(page, end)) < end) {
        retire_on_page(page, start, end, &ended);
        page += (uintptr_t)1 << LOCK_PAGE_SHIFT;
    }
    inner_lock_release(&lock);
    bury(ended);
}

uintptr_t lock_table_lowest(uintptr_t start, uintptr_t end)
{
    uintptr_t lowest = UINTPTR_MAX;
    inner_lock_acquire(&lock);
    uintptr_t page = start;
    while (lowest == UINTPTR_MAX && (page = lock_pages_next(page, end)) < end) {
        const uint32_t *head = lock_pages_find(page);
        uint32_t index = head ? next_inside(*head, start, end) : 0;
        for (; index; index = next_inside(entry_at(index)->page_next, start, end)) {
            if (place_of(index) < lowest)
                lowest = place_of(index);
        }
        page += (uintptr_t)1 << LOCK_PAGE_SHIFT;
    }
    inner_lock_release(&lock);
    return lowest;
}

uint32_t lock_table_inside(uintptr_t start, uintptr_t end, struct lock_entry *found, uint32_t most)
{
    uint32_t count = 0;
    inner_lock_acquire(&lock);
    uintptr_t page = start;
    while (count < most && (page = lock_pages_next(page, end)) < end) {
        const uint32_t *head = lock_pages_find(page);
        uint32_t index = head ? next_inside(*head, start, end) : 0;
        for (; index && count < most; index = next_inside(entry_at(index)->page_next, start, end))
            found[count++] = *entry_at(index);
        page += (uintptr_t)1 << LOCK_PAGE_SHIFT;
    }
    inner_lock_release(&lock);
    return count;
}

bool lock_table_mark(const void *object, uint16_t marks, struct lock_entry *before)
{
    bool first = false;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    struct lock_entry *entry = slot ? entry_at(slot->entry) : NULL;
    if (entry && (entry->marks & marks) != marks) {
        first = true;
        *before = *entry;
        entry->marks |= marks;
        if (marks & TRACE_MARK_SIGNAL) {
            entry->id = new_id(entry->kind, entry->flags, entry->marks);
            entry->written = 0;
            if (entry->marks & LOCK_MARK_NOTED)
                lock_notes_move(before->id, entry->id);
        }
        __atomic_store_n(&slot->id, slot_id(entry), __ATOMIC_RELEASE);
    }
    inner_lock_release(&lock);
    return first;
}

bool lock_table_get(const void *object, uint32_t id, struct lock_entry *entry)
{
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    bool found = slot && instance_id(slot->id) == id;
    if (found)
        *entry = *entry_at(slot->entry);
    inner_lock_release(&lock);
    return found;
}

void lock_table_change(const void *object, uint32_t id,
                       void (*change)(struct lock_entry *entry, void *context), void *context)
{
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot && instance_id(slot->id) == id) {
        change(entry_at(slot->entry), context);
        __atomic_store_n(&slot->id, slot_id(entry_at(slot->entry)), __ATOMIC_RELEASE);
    }
    inner_lock_release(&lock);
}

void lock_table_watch_all(void)
{
    inner_lock_acquire(&lock);
    watch_new = true;
    for (uint64_t i = 0; i < capacity(); i++) {
        struct lock_slot *slot = &lock_slots.slots[i];
        struct lock_entry *entry = slot->id ? entry_at(slot->entry) : NULL;
        if (!entry)
            continue;
        entry->marks |= marks_at_birth(entry->kind);
        __atomic_store_n(&slot->id, slot_id(entry), __ATOMIC_RELEASE);
    }
    inner_lock_release(&lock);
}

/* A field of the instance at `object`, 0 if there is none. */
static uint16_t peek(const void *object, const uint16_t *(*field)(const struct lock_entry *))
{
    uint32_t index = 0, again = 0, id = lock_table_find_index(object, &index);
    if (!id)
        return 0;
    uint16_t value = __atomic_load_n(field(entry_at(index)), __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_acquire);
    return lock_table_find_index(object, &again) == id && again == index ? value : 0;
}

static const uint16_t *kind_of(const struct lock_entry *entry)
{
    return &entry->kind;
}

static const uint16_t *marks_of(const struct lock_entry *entry)
{
    return &entry->marks;
}

uint16_t lock_table_kind(const void *object)
{
    return peek(object, kind_of);
}

uint16_t lock_table_marks(const void *object)
{
    return peek(object, marks_of);
}

uint32_t lock_table_route(const void *object)
{
    uint32_t index = 0, again = 0, id = lock_table_find_index(object, &index);
    if (!id)
        return 0;
    uint32_t route = __atomic_load_n(&entry_at(index)->route, __ATOMIC_RELAXED);
    atomic_thread_fence(memory_order_acquire);
    return lock_table_find_index(object, &again) == id && again == index ? route : 0;
}

/* An entry may be another instance's by now, whose id differs; a semaphore's own may, too, so there
 * it is looked up again. */
static uint64_t *events_of(const void *object, uint64_t *now)
{
    uint32_t index, again, id = lock_table_find_index(object, &index);
    if (!id)
        return NULL;
    uint64_t *events = &entry_at(index)->events;
    *now = __atomic_load_n(events, __ATOMIC_ACQUIRE);
    bool is_its =
        *now >> 32 == id || (lock_table_find_index(object, &again) == id && again == index);
    return is_its && *now ? events : NULL;
}

static struct event_number number_of(uint64_t events)
{
    return (struct event_number){(uint32_t)(events >> 32), (uint32_t)events};
}

bool lock_table_count_event(const void *object, bool alone, struct event_number *number)
{
    uint64_t now, next, *events = events_of(object, &now);
    if (!events)
        return false;
    if (alone) {
        next = now >> 32 << 32 | (uint32_t)(now + 1);
        __atomic_store_n(events, next, __ATOMIC_RELAXED);
        *number = number_of(next);
        return true;
    }
    do {
        if (!now)
            return false;
        next = now >> 32 << 32 | (uint32_t)(now + 1);
    } while (
        !__atomic_compare_exchange_n(events, &now, next, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    *number = number_of(next);
    return true;
}

bool lock_table_sample_events(const void *object, struct event_number *number)
{
    uint64_t now;
    if (!events_of(object, &now))
        return false;
    *number = number_of(now);
    return true;
}

bool lock_table_move_events(const void *object, struct event_number *number)
{
    uint64_t now = 0, *events = events_of(object, &now);
    while (events && now) {
        if (__atomic_compare_exchange_n(events, &now, 0, true, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
            *number = number_of(now);
            return true;
        }
    }
    return false;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the number comes before the id");

uint32_t *lock_table_events(const void *object, uint32_t id)
{
    uint64_t now, *events = events_of(object, &now);
    return events && now >> 32 == id ? (uint32_t *)(void *)events : NULL;
}

void lock_table_set_initial(const void *object, uint32_t value)
{
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot)
        entry_at(slot->entry)->initial = value + 1;
    inner_lock_release(&lock);
}

bool lock_table_get_any(const void *object, struct lock_entry *entry)
{
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot)
        *entry = *entry_at(slot->entry);
    inner_lock_release(&lock);
    return slot != NULL;
}

bool lock_table_is_live(const void *object, uint32_t id)
{
    struct lock_entry ignored;
    return lock_table_find(object) == id || lock_table_get(object, id, &ignored);
}

/* What the instance was marked as until now; 0 also if it has ended meanwhile. */
static uint32_t mark_written(const void *object, uint32_t id)
{
    uint32_t marks = 0;
    inner_lock_acquire(&lock);
    struct lock_slot *slot = find_slot(object);
    if (slot && instance_id(slot->id) == id) {
        entry_at(slot->entry)->written = recording_epoch;
        marks = entry_at(slot->entry)->marks;
    }
    inner_lock_release(&lock);
    return marks & (TRACE_MARK_OTHER_THREAD | TRACE_MARK_PROVED);
}

/* Learned before anything named it, or before the fork that made this recording. */
static void record_marks(uint32_t id, uint32_t marks)
{
    struct trace_lock_mark *record = marks ? recording_reserve(sizeof(*record)) : NULL;
    if (!record)
        return;
    record->lock = id;
    record->marks = marks;
    recording_publish(record, TRACE_LOCK_MARK, sizeof(*record));
}

void lock_table_record(const void *object, uint32_t id)
{
    struct lock_entry entry;
    struct module_place place;
    if (!lock_table_get(object, id, &entry) || entry.written == recording_epoch)
        return;
    uintptr_t address = lock_object_place(entry.address);
    bool is_static = !(entry.flags & TRACE_LOCK_ON_STACK) && module_find(address, &place);
    trace_code_t location = is_static ? module_record(module_intern(&place), address) : 0;
    uint32_t init_stack = stack_record(stack_by_id(entry.init_stack));
    uint32_t first_stack = stack_record(stack_by_id(entry.first_stack));
    struct trace_lock *record = recording_reserve(sizeof(*record));
    if (!record)
        return;
    record->id = entry.id;
    record->kind = entry.kind;
    record->flags = entry.flags;
    record->address = address;
    record->location = TRACE_CODE_MODULE(location) ? location : 0;
    record->init_stack = init_stack;
    record->first_stack = first_stack;
    record->init_thread = entry.init_thread;
    record->first_thread = entry.first_thread;
    record->stack_owner = entry.stack_owner;
    recording_publish(record, TRACE_LOCK, sizeof(*record));
    chain_table_note_lock(record);
    record_marks(id, mark_written(object, id));
    if (lock_mapping_record(&entry))
        lock_table_mark(object, LOCK_MARK_SHARED, &entry);
    if (entry.marks & LOCK_MARK_NOTED)
        lock_notes_record(id);
}

bool lock_table_is_inherited(uint32_t id)
{
    return (id & LOCK_ID_SERIAL) <= inherited_id;
}

void lock_table_after_fork(void)
{
    inner_lock_reset(&lock);
    atomic_store_explicit(&pins, 0, memory_order_relaxed);
    lock_notes_after_fork();
    inherited_id = last_id;
}
