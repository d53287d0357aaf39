#include "analyzer/diagnose/subject.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/model/execution_index.h"

#define MODULES_MAX 65535u
#define COMM_BYTES  15 /* of a thread's name in the kernel */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void add_modules(struct subject *subject)
{
    const struct target *target = subject->target;
    struct execution *execution = &subject->execution;
    size_t count = target->module_count < MODULES_MAX ? target->module_count : MODULES_MAX;
    execution->modules = arena_alloc(subject->arena, count + 1, sizeof *execution->modules);
    for (size_t i = 0; i < count; i++) {
        const struct target_module *module = &target->modules[i];
        uint32_t id = (uint32_t)i + 1;
        execution->modules[i] = (struct module){id,
                                                module->start,
                                                module->end,
                                                module->bias,
                                                module->build_id,
                                                module->build_id_bytes,
                                                module->file != NULL ? module->file : module->path};
        execution->module_count += id_index_add(subject->arena, &execution->index->modules, id, i);
    }
}

void subject_init(struct subject *subject, struct target *target)
{
    struct arena *arena = target->arena;
    memset(subject, 0, sizeof *subject);
    subject->arena = arena;
    subject->target = target;
    subject->execution.pid = target->pid;
    subject->execution.executable = target->executable;
    subject->execution.directory = target->directory;
    subject->execution.index = arena_alloc(arena, 1, sizeof *subject->execution.index);
    add_modules(subject);
    subject->symbolizer = symbolizer_create(arena);
    subject->names = names_create(arena, subject->symbolizer);
    subject->stacks = native_stacks_create(target);
    python_state_read(target, &subject->python);
}

void subject_destroy(struct subject *subject)
{
    native_stacks_free(subject->stacks);
    symbolizer_free(subject->symbolizer);
}

trace_code_t subject_code(const struct subject *subject, uint64_t address)
{
    const struct target_module *module = target_find_module(subject->target, address);
    size_t index = module != NULL ? (size_t)(module - subject->target->modules) : MODULES_MAX;
    return index < MODULES_MAX ? TRACE_CODE(index + 1, address - module->bias) : 0;
}

/* Without a module an address is shown as it is. */
static struct frame_list name_frame(struct subject *subject, uint64_t address)
{
    trace_code_t code = subject_code(subject, address);
    return symbolizer_code(subject->symbolizer, &subject->execution,
                           code != 0 ? code : TRACE_CODE(0, address));
}

struct frame_list subject_stack(struct subject *subject, struct target_thread *thread, bool stop)
{
    struct frame_list all = {0, NULL};
    if (subject->stacks == NULL) {
        return all;
    }
    subject->unstopped += stop && !target_get_registers(subject->target, thread);
    struct native_stack stack = native_stack_of(subject->stacks, thread);
    struct frame_list *parts = arena_alloc(subject->arena, stack.frame_count + 1, sizeof *parts);
    size_t total = 0;
    for (size_t i = 0; i < stack.frame_count; i++) {
        parts[i] = name_frame(subject, stack.frames[i].site);
        total += parts[i].count;
    }
    all.frames = arena_alloc(subject->arena, total + 1, sizeof *all.frames);
    for (size_t i = 0; i < stack.frame_count; i++) {
        memcpy(&all.frames[all.count], parts[i].frames, parts[i].count * sizeof *all.frames);
        all.count += parts[i].count;
    }
    return all;
}

uint32_t subject_add_lock(struct subject *subject, enum trace_lock_kind kind, uint32_t flags,
                          uint64_t address, const char *name)
{
    struct execution *execution = &subject->execution;
    execution->locks = array_room(subject->arena, execution->locks, execution->lock_count,
                                  &subject->lock_capacity, sizeof *execution->locks);
    uint32_t id = (uint32_t)execution->lock_count + 1;
    struct lock *lock = &execution->locks[execution->lock_count];
    *lock = (struct lock){.id = id,
                          .kind = kind,
                          .flags = flags,
                          .address = address,
                          .location = subject_code(subject, address),
                          .name = name};
    if (id_index_add(subject->arena, &execution->index->locks, id, execution->lock_count)) {
        execution->lock_count++;
    }
    names_add_lock(subject->names, execution, id);
    return id;
}

/* A thread that was never named bears the name of its program, or of the thread that made it. */
static bool is_default_name(const struct subject *subject, const char *name)
{
    const struct target_thread *first = target_find_thread(subject->target, subject->target->pid);
    return name[0] == '\0' || (first != NULL && strcmp(first->name, name) == 0) ||
           strncmp(base_name(subject->target->executable), name, COMM_BYTES) == 0;
}

const char *subject_thread_name(const struct subject *subject, const struct target_thread *thread)
{
    const struct python_thread *python = python_state_find(&subject->python, thread->tid);
    const char *name = python != NULL && python->name != NULL ? python->name : thread->name;
    if (thread->tid == subject->target->pid) {
        return "main thread";
    }
    if (is_default_name(subject, name)) {
        return arena_printf(subject->arena, "thread %" PRIu32, thread->tid);
    }
    return arena_printf(subject->arena, "thread %" PRIu32 " '%s'", thread->tid, name);
}
