#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "analyzer/diagnose/live_threads.h"
#include "analyzer/diagnose/proc_file.h"
#include "analyzer/diagnose/source.h"
#include "analyzer/diagnose/stopped.h"

struct live {
    struct target_source source;
    uint32_t pid; /* as this process sees it */
};

static uint32_t live_pid(const struct target *target)
{
    return ((const struct live *)target->source)->pid;
}

static bool live_read(const struct target *target, uint64_t address, void *buffer, size_t bytes)
{
    struct iovec here = {buffer, bytes};
    struct iovec there = {(void *)(uintptr_t)address, bytes};
    return process_vm_readv((pid_t)live_pid(target), &here, 1, &there, 1, 0) == (ssize_t)bytes;
}

static bool live_refresh(struct target *target)
{
    return live_threads_read(target, live_pid(target));
}

static bool live_get_registers(struct target *target, struct target_thread *thread)
{
    struct user_regs_struct registers;
    (void)target;
    if (!stopped_get_registers(thread->seen_tid, &registers)) {
        return false;
    }
    registers_take(thread, &registers);
    return true;
}

static void live_close(struct target *target)
{
    (void)target;
}

/* Why the process may not be read, and what to do. */
static const char *permission_problem(struct arena *arena, uint32_t pid)
{
    const char *status = proc_file_read(arena, "/proc/%" PRIu32 "/status", pid);
    uint64_t uid = status != NULL ? proc_file_field(status, "Uid:", 0) : UINT64_MAX;
    const char *scope = proc_file_read(arena, "/proc/sys/kernel/yama/ptrace_scope");
    if (geteuid() == 0) {
        return arena_printf(arena,
                            "cannot look into process %" PRIu32 ": root lacks the capability to "
                            "trace here; start the container with --cap-add=SYS_PTRACE",
                            pid);
    }
    if (uid == geteuid() && scope != NULL && scope[0] > '0') {
        return arena_printf(arena,
                            "cannot look into process %" PRIu32 ": kernel.yama.ptrace_scope is %c; "
                            "run this as root, or set it to 0 (sysctl kernel.yama.ptrace_scope=0)",
                            pid, scope[0]);
    }
    return arena_printf(arena, "cannot look into process %" PRIu32 ": %s", pid,
                        uid == geteuid() ? "it lets nobody look (set-user-ID, or not dumpable); "
                                           "run this as root"
                                         : "not permitted; run this as its user or as root");
}

static const char *link_target(struct arena *arena, uint32_t pid, const char *name)
{
    char path[PATH_MAX];
    const char *link = arena_printf(arena, "/proc/%" PRIu32 "/%s", pid, name);
    ssize_t bytes = readlink(link, path, sizeof path - 1);
    if (bytes <= 0) {
        return NULL;
    }
    path[bytes] = '\0';
    return arena_strdup(arena, path);
}

/* Its words are separated by zeros. */
static const char *command_line(struct arena *arena, uint32_t pid)
{
    size_t bytes;
    char *words =
        proc_file_read_bytes(arena, arena_printf(arena, "/proc/%" PRIu32 "/cmdline", pid), &bytes);
    if (words == NULL) {
        return "";
    }
    /* Those that set their title leave spaces behind. */
    while (bytes > 0 && (words[bytes - 1] == '\0' || words[bytes - 1] == ' ')) {
        words[--bytes] = '\0';
    }
    for (size_t i = 0; i < bytes; i++) {
        words[i] = words[i] == '\0' ? ' ' : words[i];
    }
    return words;
}

/* Something that is no process of a program we can read; NULL when it is one. */
static const char *unusable(struct arena *arena, uint32_t pid)
{
    char state;
    unsigned char identity[EI_NIDENT] = {0};
    const char *executable = arena_printf(arena, "/proc/%" PRIu32 "/exe", pid);
    uint32_t threads;
    if (!live_threads_state(arena, pid, &state, &threads)) {
        return arena_printf(arena, "there is no process %" PRIu32, pid);
    }
    if ((state == 'Z' || state == 'X') && threads <= 1) {
        return arena_printf(arena,
                            "process %" PRIu32 " has ended already (a zombie): nothing of it is "
                            "left to examine",
                            pid);
    }
    int fd = open(executable, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? arena_printf(arena, "%" PRIu32 " is a thread of the kernel", pid)
                               : permission_problem(arena, pid);
    }
    ssize_t bytes = read(fd, identity, sizeof identity);
    close(fd);
    if (bytes == (ssize_t)sizeof identity && identity[EI_CLASS] != ELFCLASS64) {
        return arena_printf(arena,
                            "process %" PRIu32 " runs a 32-bit program; only x86-64 programs can "
                            "be examined",
                            pid);
    }
    return NULL;
}

/* "7f00-7f01 r-xp 00000000 08:01 1234   /usr/lib/libc.so.6 (deleted)" */
static bool parse_mapping(struct arena *arena, char *line, struct mapping *mapping)
{
    static const char deleted[] = " (deleted)";
    char permissions[8];
    int path = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %n", &mapping->start,
               &mapping->end, permissions, &mapping->offset, &path) != 4 ||
        path == 0 || line[path] != '/') {
        return false;
    }
    size_t bytes = strlen(line + path);
    mapping->executable = strchr(permissions, 'x') != NULL;
    mapping->deleted =
        bytes >= sizeof deleted && strcmp(line + path + bytes - (sizeof deleted - 1), deleted) == 0;
    mapping->path = arena_printf(
        arena, "%.*s", (int)(bytes - (mapping->deleted ? sizeof deleted - 1 : 0)), line + path);
    return true;
}

static bool read_modules(struct target *target, uint32_t pid)
{
    struct arena *arena = target->arena;
    struct mappings mappings = {0};
    char *text = proc_file_read(arena, "/proc/%" PRIu32 "/maps", pid);
    if (text == NULL) {
        return false;
    }
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        struct mapping mapping;
        if (parse_mapping(arena, line, &mapping)) {
            *array_add(arena, &mappings.list) = mapping;
        }
    }
    modules_from_mappings(target, &mappings, arena_printf(arena, "/proc/%" PRIu32 "/root", pid));
    return true;
}

/* Without permission to trace, /proc shows no system call. */
static bool may_look(struct arena *arena, uint32_t pid)
{
    return proc_file_read(arena, "/proc/%" PRIu32 "/syscall", pid) != NULL;
}

bool live_open(struct arena *arena, uint32_t pid, struct target *target, const char **error)
{
    struct live *live = arena_alloc(arena, 1, sizeof *live);
    live->source = (struct target_source){live_read, live_refresh, live_get_registers, live_close};
    live->pid = pid;
    target->source = &live->source;
    target->pid = pid;
    *error = unusable(arena, pid);
    if (*error != NULL) {
        return false;
    }
    if (!may_look(arena, pid) || !read_modules(target, pid)) {
        *error = permission_problem(arena, pid);
        return false;
    }
    const char *status = proc_file_read(arena, "/proc/%" PRIu32 "/status", pid);
    if (status != NULL) {
        target->pid = (uint32_t)proc_file_last_field(status, "NSpid:", pid);
        target->tracer = (uint32_t)proc_file_field(status, "TracerPid:", 0);
    }
    const char *executable = link_target(arena, pid, "exe");
    target->executable = executable != NULL ? executable : "";
    const char *directory = link_target(arena, pid, "cwd");
    target->directory = directory != NULL ? directory : "";
    target->arguments = command_line(arena, pid);
    if (!live_refresh(target)) {
        *error = arena_printf(arena, "process %" PRIu32 " ended just now", pid);
        return false;
    }
    return true;
}
