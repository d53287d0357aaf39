#include "shim/core/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/capture/symbol.h"
#include "shim/platform/memory.h"

enum { FILE_MOST = 1 << 20, COMPLAINTS_MOST = 16 };

/* What was found for a place and a stack: a byte for each stack, in pages made when needed. Later
 * stacks than there is room for are compared each time. */
enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };
enum { PAGE_STACKS = 1 << 16, PAGES = 64 };
struct answers {
    _Atomic(unsigned char *) pages[PAGES];
};

struct complaint {
    uint32_t line; /* 0: of the whole file */
    const char *why, *word;
};

struct plan plan = {.pause_ms = PLAN_PAUSE_MS};

static struct answers *answers; /* of each place, by its number from 1 on; NULL without memory */
static const char *plan_path = "";
static struct complaint complaints[COMPLAINTS_MOST];
static size_t complaint_count; /* also of those for which there is no room */

void plan_complain(uint32_t line, const char *why, const char *word)
{
    if (complaint_count < COMPLAINTS_MOST)
        complaints[complaint_count] = (struct complaint){line, why, word};
    complaint_count++;
}

static void add_complaint(const struct complaint *complaint, struct text *line)
{
    enum { WORD_MOST = 64 };
    if (complaint->line) {
        text_add(line, ", line ");
        text_add_number(line, complaint->line);
    }
    text_add(line, ": ");
    text_add(line, complaint->why);
    if (complaint->word[0]) {
        text_add(line, ": '");
        text_add_bytes(line, complaint->word, strnlen(complaint->word, WORD_MOST));
        text_add(line, "'");
    }
}

bool plan_complaint(size_t index, struct text *line)
{
    if (index >= complaint_count || index > COMPLAINTS_MOST)
        return false;
    text_add(line, "plan ");
    text_add(line, plan_path);
    if (index < COMPLAINTS_MOST) {
        add_complaint(&complaints[index], line);
    } else {
        text_add(line, ": lines that cannot be used, not told: ");
        text_add_number(line, complaint_count - COMPLAINTS_MOST);
    }
    return true;
}

/* The whole of a file of `size` bytes and a NUL, or NULL. */
static char *read_all(int fd, size_t size)
{
    char *text = memory_map(size + 1);
    size_t done = 0;
    ssize_t got = 1;
    while (text && done < size && (got = read(fd, text + done, size - done)) > 0)
        done += (size_t)got;
    if (text && done == size)
        return text;
    memory_unmap(text, size + 1);
    return NULL;
}

static void read_from(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        plan_complain(0, "is no file", "");
    } else if (status.st_size > FILE_MOST) {
        plan_complain(0, "is larger than 1 MiB", "");
    } else {
        char *text = read_all(fd, (size_t)status.st_size);
        if (text)
            plan_parse(text, (size_t)status.st_size, &plan);
        else
            plan_complain(0, "cannot be read", "");
    }
}

void plan_read(const char *path)
{
    if (!path[0])
        return;
    plan_path = path;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        plan_complain(0, "cannot be opened", "");
        return;
    }
    read_from(fd);
    close(fd);
    if (plan.place_count)
        answers = memory_map((plan.place_count + (size_t)1) * sizeof(*answers));
}

/* The last part of the path, with '_' for what would end a word of a plan. */
static bool is_module_name(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    for (; *base && *name; base++, name++) {
        bool ends_word = (unsigned char)*base <= ' ' || *base == '#';
        if ((ends_word ? '_' : *base) != *name)
            return false;
    }
    return !*base && !*name;
}

/* Is it the build that the plan's offsets are of? Several files may have one name. */
static bool is_build(const struct module_identity *module, const char *name)
{
    for (uint32_t i = 0; i < plan.module_count; i++) {
        const struct plan_module *known = &plan.modules[i];
        if (strcmp(known->name, name) == 0 && known->build_id_bytes == module->build_id_bytes &&
            memcmp(known->build_id, module->build_id, known->build_id_bytes) == 0)
            return true;
    }
    return false;
}

/* A call returns behind itself: perhaps into the next function. */
static bool frame_matches(const struct plan_frame *wanted, const struct stack_frame *frame)
{
    uint64_t ignored;
    if (!frame->module)
        return false;
    const struct module_identity module = module_identity(frame->module);
    if (!is_module_name(module.path, wanted->module))
        return false;
    if (wanted->has_offset && is_build(&module, wanted->module))
        return frame->address - module.bias == wanted->offset;
    return wanted->function[0] &&
           symbol_is(frame->address - 1, SYMBOL_FUNCTION, wanted->function, &ignored);
}

static bool stack_matches(const struct plan_place *place, uint32_t id)
{
    const struct known_stack *stack = stack_by_id(id);
    if (!stack || stack->count < place->count)
        return false;
    for (uint32_t i = 0; i < place->count; i++) {
        if (!frame_matches(&place->frames[i], &stack->frames[i]))
            return false;
    }
    return true;
}

static unsigned char *make_page(_Atomic(unsigned char *) *page)
{
    unsigned char *made = memory_map(PAGE_STACKS), *other = NULL;
    if (made && !atomic_compare_exchange_strong_explicit(page, &other, made, memory_order_acq_rel,
                                                         memory_order_acquire)) {
        memory_unmap(made, PAGE_STACKS);
        return other;
    }
    return made;
}

/* Where the answer for the stack is kept; NULL where there is no room. */
static unsigned char *answer_for(const struct plan_place *place, uint32_t stack)
{
    if (!answers || stack / PAGE_STACKS >= PAGES)
        return NULL;
    _Atomic(unsigned char *) *page = &answers[place->number].pages[stack / PAGE_STACKS];
    unsigned char *bytes = atomic_load_explicit(page, memory_order_acquire);
    if (!bytes)
        bytes = make_page(page);
    return bytes ? &bytes[stack % PAGE_STACKS] : NULL;
}

/* Looking for a symbol opens files, which a cancelled thread must not end in. */
static bool compare(const struct plan_place *place, uint32_t stack)
{
    int saved_errno = errno, cancel_state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    bool is_match = stack_matches(place, stack);
    pthread_setcancelstate(cancel_state, NULL);
    errno = saved_errno;
    return is_match;
}

bool plan_place_matches(const struct plan_place *place, uint32_t stack)
{
    if (!place->count || !stack)
        return false;
    unsigned char *answer = answer_for(place, stack);
    unsigned char known = answer ? __atomic_load_n(answer, __ATOMIC_RELAXED) : ANSWER_UNKNOWN;
    if (known != ANSWER_UNKNOWN)
        return known == ANSWER_YES;
    bool is_match = compare(place, stack);
    if (answer)
        __atomic_store_n(answer, is_match ? ANSWER_YES : ANSWER_NO, __ATOMIC_RELAXED);
    return is_match;
}

static bool lies_in_variable(const struct plan_frame *wanted, uintptr_t address)
{
    struct module_place place;
    uint64_t inside;
    uint32_t id = module_find(address, &place) ? module_intern(&place) : 0;
    if (!id)
        return false;
    const struct module_identity module = module_identity(id);
    if (!is_module_name(module.path, wanted->module))
        return false;
    if (wanted->has_offset && is_build(&module, wanted->module))
        return address - module.bias == wanted->offset;
    return wanted->function[0] && symbol_is(address, SYMBOL_VARIABLE, wanted->function, &inside) &&
           inside == wanted->inside;
}

static bool is_static(const struct plan_lock *lock)
{
    struct module_place place;
    return module_find((uintptr_t)lock->object, &place);
}

/* What decides is the first that is known: the variable, the initialisation, the first use. */
static bool is_born_so(const struct plan_class *wanted, const struct plan_lock *lock)
{
    if (wanted->kind == PLAN_CLASS_static)
        return lies_in_variable(&wanted->place.frames[0], (uintptr_t)lock->object);
    if (is_static(lock))
        return false;
    if (wanted->kind == PLAN_CLASS_made)
        return plan_place_matches(&wanted->place, lock->init_stack);
    return !lock->init_stack && plan_place_matches(&wanted->place, lock->first_stack);
}

bool plan_class_matches(const struct plan_class *wanted, const struct plan_lock *lock)
{
    int saved_errno = errno, cancel_state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    bool is_match = is_born_so(wanted, lock);
    pthread_setcancelstate(cancel_state, NULL);
    errno = saved_errno;
    return is_match;
}

const struct plan_fix *plan_fix_of(const struct plan_lock *lock, uint32_t from,
                                   uint32_t *class_index)
{
    for (uint32_t i = from; i < plan.fix_count; i++) {
        for (uint32_t j = 0; j < plan.fixes[i].class_count; j++) {
            if (plan_class_matches(&plan.fixes[i].classes[j], lock)) {
                *class_index = j;
                return &plan.fixes[i];
            }
        }
    }
    return NULL;
}

bool plan_fix_is_at(const struct plan_fix *fix, uint32_t stack)
{
    for (uint32_t i = 0; i < fix->place_count; i++) {
        if (plan_place_matches(&fix->places[i], stack))
            return true;
    }
    return false;
}
