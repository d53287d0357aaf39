#include "shim/core/misuse.h"

#include <errno.h>
#include <string.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/core/lock_table.h"
#include "shim/core/past_objects.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum { BUCKETS = 256 };

uint64_t misuse_rules_on = 0
#define MISUSE_RULE(number, NAME, word, on, text) | (uint64_t)(on) << (number)
#include "trace/misuse.def"
#undef MISUSE_RULE
    ;

struct misuse_limits misuse_limits = {
#define MISUSE_LIMIT(NAME, name, initial, unit) .NAME = initial,
#include "trace/misuse.def"
#undef MISUSE_LIMIT
};

/* What makes two misuses one: `birth` stands for the class of the object. */
struct key {
    uint32_t rule, site;
    uint64_t birth;
};

struct known {
    struct key key;
    uint32_t epoch, count, next;
    struct trace_misuse *record; /* NULL: not written yet, or no room */
};

/* Protects all of these. */
static struct inner_lock lock;
static struct pool known = POOL_INIT(struct known, 64);
static uint32_t buckets[BUCKETS];
static uint32_t certain, hazards;

static uint64_t rules_named(const char *word)
{
#define MISUSE_RULE(number, NAME, name, on, text)                                                  \
    if (strcmp(word, name) == 0)                                                                   \
        return (uint64_t)1 << (number);
#include "trace/misuse.def"
#undef MISUSE_RULE
    return strcmp(word, "all") == 0 ? UINT64_MAX : 0;
}

/* "1500"; 0 if it is no number, or none that a time in milliseconds can have here. */
static uint32_t limit_of(const char *digits)
{
    uint32_t limit = 0;
    for (; *digits >= '0' && *digits <= '9' && limit < TRACE_MISUSE_LIMIT_END / 10; digits++)
        limit = limit * 10 + (uint32_t)(*digits - '0');
    return *digits ? 0 : limit;
}

/* The rule of "rule=limit", whose limit is taken; 0 if it is none. */
static uint64_t limited_rule(const char *word)
{
    const char *value = strchr(word, '=');
    uint32_t limit = value ? limit_of(value + 1) : 0;
    if (!limit)
        return 0;
#define MISUSE_LIMIT(NAME, name, initial, unit)                                                    \
    if ((size_t)(value - word) == strlen(name) && strncmp(word, name, strlen(name)) == 0) {        \
        misuse_limits.NAME = limit;                                                                \
        return (uint64_t)1 << MISUSE_##NAME;                                                       \
    }
#include "trace/misuse.def"
#undef MISUSE_LIMIT
    return 0;
}

const char *misuse_choose(char *words)
{
    char *rest = NULL;
    for (char *word = strtok_r(words, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        uint64_t rules = *word == '-' || *word == '+' ? rules_named(word + 1) : 0;
        if (!rules && *word == '+')
            rules = limited_rule(word + 1);
        if (!rules)
            return word;
        if (*word == '+')
            misuse_rules_on |= rules;
        else
            misuse_rules_on &= ~rules;
    }
    return NULL;
}

void misuse_help(int fd)
{
    char buffer[256];
    struct text line;
#define MISUSE_RULE(number, NAME, name, on, help_text)                                             \
    line = text_over(buffer, sizeof(buffer));                                                      \
    text_add(&line, (on) ? "    misuse=-" name : "    misuse=+" name);                             \
    text_add(&line, (on) ? "  do not check: " : "  check too: ");                                  \
    text_add(&line, help_text "\n");                                                               \
    text_write(&line, fd);
#include "trace/misuse.def"
#undef MISUSE_RULE
#define MISUSE_LIMIT(NAME, name, initial, unit)                                                    \
    line = text_over(buffer, sizeof(buffer));                                                      \
    text_add(&line, "    misuse=+" name "=N  check too, with another limit than " #initial         \
                    " " unit "\n");                                                                \
    text_write(&line, fd);
#include "trace/misuse.def"
#undef MISUSE_LIMIT
}

static struct known *find_known(const struct key *key, uint32_t **bucket)
{
    uint64_t hash = (key->birth ^ (uint64_t)key->site << 20 ^ key->rule) * 0x9e3779b97f4a7c15u;
    *bucket = &buckets[hash >> 56];
    for (uint32_t index = **bucket; index;) {
        struct known *entry = pool_at(&known, index);
        if (memcmp(&entry->key, key, sizeof(*key)) == 0)
            return entry;
        index = entry->next;
    }
    return NULL;
}

/* Counts it; the entry if it is to be written, else NULL. */
static struct known *count_it(const struct key *key)
{
    uint32_t *bucket;
    inner_lock_acquire(&lock);
    struct known *entry = find_known(key, &bucket);
    bool is_new = !entry || entry->epoch != recording_epoch;
    if (!entry) {
        uint32_t index = pool_alloc(&known);
        if (index) {
            entry = pool_at(&known, index);
            *entry = (struct known){.key = *key, .next = *bucket};
            *bucket = index;
        }
    }
    if (entry && is_new) {
        entry->epoch = recording_epoch;
        entry->count = 0;
        entry->record = NULL;
    }
    if (entry && ++entry->count && entry->record)
        __atomic_store_n(&entry->record->count, entry->count, __ATOMIC_RELAXED);
    inner_lock_release(&lock);
    return is_new ? entry : NULL;
}

static void add_place(struct trace_misuse_place places[], uint32_t *count, enum misuse_role role,
                      uint32_t thread, uint32_t stack)
{
    if (stack && *count < TRACE_MISUSE_PLACES && role != places[0].role)
        places[(*count)++] =
            (struct trace_misuse_place){.role = role, .thread = thread, .stack = stack};
}

struct subject {
    uint32_t lock; /* 0: not known as a lock */
    struct lock_entry entry;
    bool is_static;
    struct module_place module;
    struct trace_misuse_place places[TRACE_MISUSE_PLACES];
    uint32_t place_count;
};

static void describe(struct subject *subject, uint32_t thread, uint32_t stack,
                     const struct misuse *misuse)
{
    struct past_object past;
    struct lock_entry *entry = &subject->entry;
    *subject = (struct subject){.place_count = 1};
    subject->places[0] = (struct trace_misuse_place){
        .role = misuse->role ? misuse->role : MISUSE_PLACE_CALL, .thread = thread, .stack = stack};
    subject->lock = lock_table_find(misuse->place);
    if (!lock_table_get(misuse->place, subject->lock, entry) || lock_id_is_signal(subject->lock))
        subject->lock = 0;
    bool on_stack = subject->lock && entry->flags & TRACE_LOCK_ON_STACK;
    subject->is_static = misuse->place && !on_stack && !thread_of_stack((uintptr_t)misuse->place) &&
                         module_find((uintptr_t)misuse->place, &subject->module);
    if (misuse->other.role)
        add_place(subject->places, &subject->place_count, misuse->other.role, misuse->other.thread,
                  misuse->other.stack);
    if (!subject->lock && past_objects_find(misuse->place, &past))
        add_place(subject->places, &subject->place_count, past.role, past.thread, past.stack);
    else if (subject->lock && entry->init_stack)
        add_place(subject->places, &subject->place_count, MISUSE_PLACE_CREATED, entry->init_thread,
                  entry->init_stack);
    else if (subject->lock && !subject->is_static)
        add_place(subject->places, &subject->place_count, MISUSE_PLACE_FIRST_USED,
                  entry->first_thread, entry->first_stack);
}

static uint64_t birth_of(const struct subject *subject, const struct misuse *misuse)
{
    if (subject->is_static)
        return (uintptr_t)misuse->place;
    if (!subject->lock)
        return 0;
    return subject->entry.init_stack ? subject->entry.init_stack : subject->entry.first_stack;
}

/* Under recording_lock: what the record names goes before it. */
static struct trace_misuse *write_record(const struct subject *subject, const struct misuse *misuse)
{
    uintptr_t place = lock_object_place((uintptr_t)misuse->place);
    trace_code_t location =
        subject->is_static ? module_record(module_intern(&subject->module), place) : 0;
    size_t text_bytes = strlen(misuse->function) + 1;
    size_t bytes = sizeof(struct trace_misuse) + text_bytes;
    if (subject->lock)
        lock_table_record(misuse->place, subject->lock);
    for (uint32_t i = 0; i < subject->place_count; i++)
        stack_record(stack_by_id(subject->places[i].stack));
    struct trace_misuse *record = recording_reserve(bytes);
    if (!record)
        return NULL;
    record->rule = (uint16_t)misuse->rule;
    record->object = (uint16_t)misuse->object;
    record->flags = misuse->flags;
    record->result = misuse->result;
    record->count = 1;
    record->address = place;
    record->location = TRACE_CODE_MODULE(location) ? location : 0;
    record->lock = subject->lock;
    record->place_count = subject->place_count;
    memcpy(record->places, subject->places, sizeof(record->places));
    record->text_bytes = (uint32_t)text_bytes;
    memcpy(record->text, misuse->function, text_bytes);
    recording_publish(record, TRACE_MISUSE, bytes);
    return record;
}

void misuse_tell_of(uint32_t thread, uint32_t stack, const struct misuse *misuse)
{
    struct subject subject;
    if (!misuse_is_on(misuse->rule))
        return;
    describe(&subject, thread, stack, misuse);
    const struct known_stack *known_stack = stack_by_id(stack);
    struct key key = {.rule = misuse->rule,
                      .site = known_stack ? known_stack->site : 0,
                      .birth = birth_of(&subject, misuse)};
    struct known *entry = count_it(&key);
    if (!entry)
        return;
    recording_lock();
    struct trace_misuse *record = write_record(&subject, misuse);
    recording_unlock();
    inner_lock_acquire(&lock);
    entry->record = record;
    if (record)
        __atomic_store_n(&record->count, entry->count, __ATOMIC_RELAXED);
    if (misuse->flags & TRACE_MISUSE_SIGNAL)
        hazards++;
    else
        certain += !(misuse->flags & TRACE_MISUSE_IF_IGNORED);
    inner_lock_release(&lock);
}

void misuse_tell(const struct misuse *misuse)
{
    struct shim_thread *self;
    if (!misuse->rule || !misuse_is_on(misuse->rule) || !(self = thread_enter()))
        return;
    int saved_errno = errno;
    thread_guard(self, misuse->pointer);
    const struct known_stack *stack = thread_capture(self, misuse->address, misuse->pointer);
    misuse_tell_of(self->id, stack ? stack->id : 0, misuse);
    thread_unguard(self);
    errno = saved_errno;
}

void misuse_failed_as(enum misuse_rule rule, enum misuse_object object, const void *place,
                      const char *function, int result, uintptr_t address, uintptr_t pointer)
{
    const struct misuse misuse = {
        .rule = rule,
        .object = object,
        .place = place,
        .function = function,
        .result = result == -1 ? errno : result,
        .flags = TRACE_MISUSE_IF_IGNORED | (result == -1 ? TRACE_MISUSE_ERRNO : 0),
        .address = address,
        .pointer = pointer,
    };
    if (misuse.result != ETIMEDOUT)
        misuse_tell(&misuse);
}

void misuse_failed(enum misuse_object object, const void *place, const char *function, int result,
                   uintptr_t address, uintptr_t pointer)
{
    misuse_failed_as(MISUSE_ERROR_IGNORED, object, place, function, result, address, pointer);
}

uint32_t misuse_certain(void)
{
    return __atomic_load_n(&certain, __ATOMIC_RELAXED);
}

uint32_t misuse_hazards(void)
{
    return __atomic_load_n(&hazards, __ATOMIC_RELAXED);
}

/* Entries are rewritten when they are met again: the recording is another. */
void misuse_after_fork(void)
{
    inner_lock_reset(&lock);
    certain = hazards = 0;
}
