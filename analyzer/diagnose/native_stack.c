#include "analyzer/diagnose/native_stack.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define WINDOW_BYTES 4096u

struct native_stacks {
    struct target *target;
    Dwfl *dwfl;
    const struct target_thread *thread; /* whose stack is being read */
    /* libdwfl reads word by word: the last piece of memory that was read. */
    uint64_t window_start;
    uint64_t window[WINDOW_BYTES / sizeof(uint64_t)];
};

/* Names come from elsewhere (symbol.h), from debug information that this one need not load. */
static int find_no_debug_information(Dwfl_Module *module, void **data, const char *name,
                                     Dwarf_Addr base, const char *file, const char *link,
                                     GElf_Word checksum, char **debug_file)
{
    (void)module, (void)data, (void)name, (void)base;
    (void)file, (void)link, (void)checksum, (void)debug_file;
    return -1;
}

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = find_no_debug_information,
};

static pid_t next_thread(Dwfl *dwfl, void *context, void **thread)
{
    const struct native_stacks *stacks = context;
    (void)dwfl;
    if (*thread != NULL) {
        return 0;
    }
    *thread = context;
    return (pid_t)stacks->thread->tid;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *context, void **thread)
{
    const struct native_stacks *stacks = context;
    (void)dwfl;
    *thread = context;
    return (uint32_t)tid == stacks->thread->tid;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result, void *context)
{
    struct native_stacks *stacks = context;
    uint64_t start = address & ~(uint64_t)(WINDOW_BYTES - 1);
    (void)dwfl;
    if (address % sizeof *result != 0) {
        return target_read(stacks->target, address, result, sizeof *result);
    }
    if (start != stacks->window_start) {
        stacks->window_start = UINT64_MAX;
        if (!target_read(stacks->target, start, stacks->window, WINDOW_BYTES)) {
            return target_read(stacks->target, address, result, sizeof *result);
        }
        stacks->window_start = start;
    }
    *result = stacks->window[(address - start) / sizeof *result];
    return true;
}

static bool set_registers(Dwfl_Thread *thread, void *context)
{
    const struct target_thread *own = ((const struct native_stacks *)context)->thread;
    if (own->has_registers) {
        return dwfl_thread_state_registers(thread, 0, TARGET_REGISTERS, own->registers);
    }
    return dwfl_thread_state_registers(thread, TARGET_RSP, 1, &own->stack_pointer) &&
           dwfl_thread_state_registers(thread, TARGET_PC, 1, &own->pc);
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
    .next_thread = next_thread,
    .get_thread = get_thread,
    .memory_read = read_memory,
    .set_initial_registers = set_registers,
};

static void report_module(Dwfl *dwfl, const struct target_module *module)
{
    int fd = module->file != NULL ? open(module->file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0 &&
        dwfl_report_elf(dwfl, module->path, module->file, fd, module->bias, true) == NULL) {
        close(fd);
    }
}

struct native_stacks *native_stacks_create(struct target *target)
{
    struct native_stacks *stacks = arena_alloc(target->arena, 1, sizeof *stacks);
    stacks->target = target;
    stacks->dwfl = dwfl_begin(&callbacks);
    stacks->window_start = UINT64_MAX;
    if (stacks->dwfl == NULL) {
        return NULL;
    }
    dwfl_report_begin(stacks->dwfl);
    for (size_t i = 0; i < target->module_count; i++) {
        report_module(stacks->dwfl, &target->modules[i]);
    }
    if (dwfl_report_end(stacks->dwfl, NULL, NULL) != 0 ||
        !dwfl_attach_state(stacks->dwfl, NULL, (pid_t)target->pid, &thread_callbacks, stacks)) {
        native_stacks_free(stacks);
        return NULL;
    }
    return stacks;
}

void native_stacks_free(struct native_stacks *stacks)
{
    if (stacks != NULL) {
        dwfl_end(stacks->dwfl);
    }
}

struct walk {
    size_t count;
    bool truncated;
    struct native_frame frames[NATIVE_STACK_FRAMES_MAX];
};

static int take_frame(Dwfl_Frame *state, void *context)
{
    struct walk *walk = context;
    Dwarf_Addr pc;
    bool is_activation;
    if (!dwfl_frame_pc(state, &pc, &is_activation) || walk->count == NATIVE_STACK_FRAMES_MAX) {
        walk->truncated = true;
        return DWARF_CB_ABORT;
    }
    /* A call may be the last instruction of its function: its return address is the next one's. */
    walk->frames[walk->count++] = (struct native_frame){pc, is_activation || pc == 0 ? pc : pc - 1};
    return DWARF_CB_OK;
}

struct native_stack native_stack_of(struct native_stacks *stacks,
                                    const struct target_thread *thread)
{
    struct walk walk = {0};
    stacks->thread = thread;
    stacks->window_start = UINT64_MAX;
    if (thread->pc != 0) {
        int result = dwfl_getthread_frames(stacks->dwfl, (pid_t)thread->tid, take_frame, &walk);
        walk.truncated |= result != DWARF_CB_OK;
    }
    if (walk.count == 0 && thread->pc != 0) {
        walk.frames[walk.count++] = (struct native_frame){thread->pc, thread->pc};
    }
    struct native_frame *frames =
        arena_alloc(stacks->target->arena, walk.count + 1, sizeof *frames);
    memcpy(frames, walk.frames, walk.count * sizeof *frames);
    return (struct native_stack){walk.count, frames, walk.truncated};
}
