#include "analyzer/diagnose/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/diagnose/glibc_layout.h"
#include "analyzer/diagnose/source.h"

#define PID_MAX 4194304ul

/* All digits name a process; *pid is 0 when there can be none of that number. */
static bool is_pid(const char *name, uint32_t *pid)
{
    if (name[0] == '\0' || name[strspn(name, "0123456789")] != '\0') {
        return false;
    }
    errno = 0;
    unsigned long value = strtoul(name, NULL, 10);
    *pid = errno == 0 && value <= PID_MAX ? (uint32_t)value : 0;
    return true;
}

bool target_open(struct arena *arena, const char *name, struct target *target, const char **error)
{
    uint32_t pid;
    memset(target, 0, sizeof *target);
    target->arena = arena;
    target->executable = target->directory = target->arguments = "";
    if (!is_pid(name, &pid)) {
        return core_open(arena, name, target, error);
    }
    if (pid == 0) {
        *error = arena_printf(arena, "there is no process %s", name);
        return false;
    }
    return live_open(arena, pid, target, error);
}

void target_close(struct target *target)
{
    target->source->close(target);
}

bool target_refresh(struct target *target)
{
    return target->source->refresh(target);
}

bool target_read(const struct target *target, uint64_t address, void *buffer, size_t bytes)
{
    return bytes <= UINT64_MAX - address && target->source->read(target, address, buffer, bytes);
}

bool target_get_registers(struct target *target, struct target_thread *thread)
{
    return thread->has_registers || target->source->get_registers(target, thread);
}

struct target_thread *target_find_thread(const struct target *target, uint32_t tid)
{
    size_t low = 0;
    size_t high = target->thread_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (target->threads[middle].tid < tid) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < target->thread_count && target->threads[low].tid == tid;
    return found ? &target->threads[low] : NULL;
}

const struct target_module *target_find_module(const struct target *target, uint64_t address)
{
    for (size_t i = 0; i < target->module_count; i++) {
        const struct target_module *module = &target->modules[i];
        if (address >= module->start && address < module->end) {
            return module;
        }
    }
    return NULL;
}

struct target_thread *target_find_pthread(const struct target *target, uint64_t pthread)
{
    uint64_t self;
    int32_t tid;
    if (pthread > UINT64_MAX - GLIBC_PTHREAD_TID ||
        !target_read(target, pthread + GLIBC_PTHREAD_SELF, &self, sizeof self) || self != pthread ||
        !target_read(target, pthread + GLIBC_PTHREAD_TID, &tid, sizeof tid) || tid <= 0) {
        return NULL;
    }
    return target_find_thread(target, (uint32_t)tid);
}

void registers_take(struct target_thread *thread, const struct user_regs_struct *registers)
{
    const uint64_t by_number[TARGET_REGISTERS] = {
        registers->rax, registers->rdx, registers->rcx, registers->rbx, registers->rsi,
        registers->rdi, registers->rbp, registers->rsp, registers->r8,  registers->r9,
        registers->r10, registers->r11, registers->r12, registers->r13, registers->r14,
        registers->r15, registers->rip,
    };
    memcpy(thread->registers, by_number, sizeof by_number);
    thread->has_registers = true;
    thread->pc = registers->rip;
    thread->stack_pointer = registers->rsp;
    thread->thread_pointer = registers->fs_base;
}
