#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <unistd.h>
#include "analyzer/diagnose/core_file.h"
#include "analyzer/diagnose/source.h"

/* The kernel's own results of a system call that goes on after a stop; from errno.h there. */
#define RESTART_FIRST (-512)
#define RESTART_LAST  (-516)

#define FILES_MAX 1000000u

struct core {
    struct target_source source;
    struct core_file file;
    struct mappings mappings;
};

static const struct core *core_of(const struct target *target)
{
    return (const struct core *)target->source;
}

static const struct mapping *find_mapping(const struct core *core, uint64_t address)
{
    for (size_t i = 0; i < core->mappings.list.count; i++) {
        const struct mapping *mapping = &core->mappings.list.items[i];
        if (address >= mapping->start && address < mapping->end) {
            return mapping;
        }
    }
    return NULL;
}

/* What a program never wrote to is left out of a core, and still in the file it was mapped from. */
static size_t read_from_file(const struct target *target, uint64_t address, void *buffer,
                             size_t bytes)
{
    const struct mapping *mapping = find_mapping(core_of(target), address);
    const struct target_module *module = target_find_module(target, address);
    if (mapping == NULL || module == NULL || module->file == NULL ||
        mapping->offset > INT64_MAX - (address - mapping->start)) {
        return 0;
    }
    uint64_t inside = address - mapping->start;
    uint64_t left = mapping->end - address;
    int fd = open(module->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t got = pread(fd, buffer, bytes < left ? bytes : left, (off_t)(mapping->offset + inside));
    close(fd);
    return got > 0 ? (size_t)got : 0;
}

static bool core_read(const struct target *target, uint64_t address, void *buffer, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        char *rest = (char *)buffer + done;
        size_t got = core_file_read(&core_of(target)->file, address + done, rest, bytes - done);
        got = got != 0 ? got : read_from_file(target, address + done, rest, bytes - done);
        if (got == 0) {
            return false;
        }
        done += got;
    }
    return true;
}

static bool core_refresh(struct target *target)
{
    (void)target;
    return true;
}

static bool core_get_registers(struct target *target, struct target_thread *thread)
{
    (void)target;
    return thread->has_registers;
}

static void core_close(struct target *target)
{
    close(((struct core *)target->source)->file.fd);
}

/* A thread that a signal or a debugger stopped in a system call has its arguments still. */
static void take_syscall(struct target_thread *thread, const struct user_regs_struct *registers)
{
    int64_t result = (int64_t)registers->rax;
    if ((int64_t)registers->orig_rax < 0 || result > RESTART_FIRST || result < RESTART_LAST) {
        return;
    }
    const uint64_t arguments[6] = {registers->rdi, registers->rsi, registers->rdx,
                                   registers->r10, registers->r8,  registers->r9};
    thread->in_syscall = true;
    thread->syscall = (int64_t)registers->orig_rax;
    memcpy(thread->arguments, arguments, sizeof arguments);
}

static void take_thread(const struct elf_note *note, struct target *target)
{
    struct elf_prstatus status;
    struct user_regs_struct registers;
    if (note->bytes < sizeof status) {
        return;
    }
    memcpy(&status, note->content, sizeof status);
    memcpy(&registers, &status.pr_reg, sizeof registers);
    struct target_thread *thread = &target->threads[target->thread_count++];
    thread->tid = thread->seen_tid = (uint32_t)status.pr_pid;
    thread->name = "";
    registers_take(thread, &registers);
    take_syscall(thread, &registers);
}

static int by_tid(const void *a, const void *b)
{
    uint32_t one = ((const struct target_thread *)a)->tid;
    uint32_t other = ((const struct target_thread *)b)->tid;
    return one < other ? -1 : one > other;
}

static void take_threads(struct target *target, const struct core_file *file)
{
    target->threads = arena_alloc(target->arena, file->notes.count + 1, sizeof *target->threads);
    for (size_t i = 0; i < file->notes.count; i++) {
        if (file->notes.items[i].type == NT_PRSTATUS) {
            take_thread(&file->notes.items[i], target);
        }
    }
    qsort(target->threads, target->thread_count, sizeof *target->threads, by_tid);
}

static void take_process(struct target *target, const struct elf_note *note)
{
    struct elf_prpsinfo process;
    if (note->bytes < sizeof process) {
        return;
    }
    memcpy(&process, note->content, sizeof process);
    size_t length = strnlen(process.pr_psargs, sizeof process.pr_psargs);
    while (length > 0 && process.pr_psargs[length - 1] == ' ') {
        length--;
    }
    target->pid = (uint32_t)process.pr_pid;
    target->arguments = arena_printf(target->arena, "%.*s", (int)length, process.pr_psargs);
}

/* The list of mapped files: a count, a page size, three numbers for each, then the paths. */
static void take_files(struct arena *arena, struct core *core, const struct elf_note *note)
{
    uint64_t head[2];
    if (note->bytes < sizeof head) {
        return;
    }
    memcpy(head, note->content, sizeof head);
    const size_t entry_bytes = 3 * sizeof(uint64_t);
    uint64_t count = head[0];
    if (head[1] == 0 || count > FILES_MAX || count * entry_bytes > note->bytes - sizeof head) {
        return;
    }
    const uint8_t *entries = note->content + sizeof head;
    const char *path = (const char *)entries + count * entry_bytes;
    const char *end = (const char *)note->content + note->bytes;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t numbers[3];
        size_t length = strnlen(path, (size_t)(end - path));
        if (path + length == end) {
            return;
        }
        memcpy(numbers, entries + i * entry_bytes, sizeof numbers);
        if (numbers[0] < numbers[1] && path[0] == '/' && numbers[2] <= UINT64_MAX / head[1]) {
            *array_add(arena, &core->mappings.list) =
                (struct mapping){.start = numbers[0],
                                 .end = numbers[1],
                                 .offset = numbers[2] * head[1],
                                 .path = arena_strdup(arena, path),
                                 .executable = true};
        }
        path += length + 1;
    }
}

/* The program is the file in which the process was entered. */
static void take_entry(struct target *target, const struct core *core, const struct elf_note *note)
{
    Elf64_auxv_t entry;
    for (size_t i = 0; i + sizeof entry <= note->bytes; i += sizeof entry) {
        memcpy(&entry, note->content + i, sizeof entry);
        const struct mapping *mapping =
            entry.a_type == AT_ENTRY ? find_mapping(core, entry.a_un.a_val) : NULL;
        if (mapping != NULL) {
            target->executable = mapping->path;
        }
    }
}

static const struct elf_note *find_note(const struct core_file *file, uint32_t type)
{
    static const struct elf_note none;
    for (size_t i = 0; i < file->notes.count; i++) {
        if (file->notes.items[i].type == type) {
            return &file->notes.items[i];
        }
    }
    return &none;
}

bool core_open(struct arena *arena, const char *path, struct target *target, const char **error)
{
    struct core *core = arena_alloc(arena, 1, sizeof *core);
    core->source = (struct target_source){core_read, core_refresh, core_get_registers, core_close};
    target->source = &core->source;
    target->is_core = true;
    if (!core_file_open(arena, path, &core->file, error)) {
        return false;
    }
    const struct core_file *file = &core->file;
    take_threads(target, file);
    take_process(target, find_note(file, NT_PRPSINFO));
    take_files(arena, core, find_note(file, NT_FILE));
    take_entry(target, core, find_note(file, NT_AUXV));
    modules_from_mappings(target, &core->mappings, "");
    if (file->bytes < file->bytes_wanted) {
        target->damage =
            arena_printf(arena,
                         "%s is cut short, %" PRIu64 " of %" PRIu64 " bytes are there: "
                         "what is missing is not seen",
                         path, file->bytes, file->bytes_wanted);
    }
    if (target->thread_count == 0) {
        *error = arena_printf(arena, "%s is a damaged core: it has no threads", path);
        close(file->fd);
        return false;
    }
    return true;
}
