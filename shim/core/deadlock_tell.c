/* A deadlock in words, at the moment it happens: for a person who watches the program hang. Lines
 * of source are for the report; here a place is a function or a file and an offset. */
#include "shim/core/deadlock.h"

#include <string.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/core/lifecycle.h"
#include "shim/core/orphan.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum { STORY_BYTES = 64 * 1024 };

static const char *kind_word(uint32_t kind)
{
    switch (kind) {
#define X(number, NAME, text)                                                                      \
    case TRACE_LOCK_##NAME:                                                                        \
        return text;
#include "trace/lock_kinds.def"
#undef X
    case TRACE_WAIT_CONDITION:
        return "condition";
    case TRACE_WAIT_BARRIER:
        return "barrier";
    default:
        return "semaphore";
    }
}

static void add_hex(struct text *story, uint64_t number)
{
    char digits[16];
    size_t at = sizeof(digits);
    do
        digits[--at] = "0123456789abcdef"[number % 16];
    while (number /= 16);
    text_add(story, "0x");
    text_add_bytes(story, digits + at, sizeof(digits) - at);
}

static void add_thread(struct text *story, uint32_t id, uint32_t kernel_tid, const char *name)
{
    text_add(story, "T");
    text_add_number(story, id);
    if (name[0]) {
        text_add(story, " '");
        text_add(story, name);
        text_add(story, "'");
    }
    text_add(story, " (tid ");
    text_add_number(story, kernel_tid);
    text_add(story, ")");
}

static void add_lock(struct text *story, uint32_t kind, uint64_t address)
{
    text_add(story, kind_word(kind));
    text_add(story, " ");
    add_hex(story, address);
}

static void tell_thread(struct text *story, const struct wait_view *view)
{
    add_thread(story, view->id, view->state->kernel_tid, view->state->name);
    text_add(story, " waits for ");
    add_lock(story, view->kind, view->address);
    text_add(story, "\n");
}

void deadlock_tell(const struct deadlock *deadlock)
{
    bool at_the_end = deadlock->ends_program && !options.exit_report;
    char *buffer = at_the_end ? NULL : memory_map(STORY_BYTES);
    if (!buffer)
        return;
    struct text story = text_over(buffer, STORY_BYTES);
    text_add(&story, "unknot: deadlock\n");
    for (uint32_t i = 0; i < deadlock->set_count + deadlock->stuck_count; i++)
        tell_thread(&story, &deadlock->threads[i]);
    lifecycle_write(&story);
    memory_unmap(buffer, STORY_BYTES);
}
