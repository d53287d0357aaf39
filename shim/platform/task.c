#include "shim/platform/task.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim/platform/text.h"

enum { LINE_BYTES = 256, STATUS_BYTES = 8192, LIST_BYTES = 4096 };

/* What getdents64 gives; the C library has no name for it. */
struct entry {
    uint64_t inode;
    int64_t next;
    uint16_t bytes;
    uint8_t type;
    char name[];
};

static int open_file(const char *path, int flags)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | flags);
}

/* As a string, cut to what fits; false if there is none. */
static bool read_file(const char *path, char *content, size_t bytes)
{
    int fd = open_file(path, 0);
    size_t length = 0;
    long got = fd < 0 ? -1 : 1;
    while (got > 0 && length + 1 < bytes) {
        got = syscall(SYS_read, fd, content + length, bytes - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    content[length] = '\0';
    if (fd >= 0)
        syscall(SYS_close, fd);
    return length != 0;
}

static int digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

/* A number and the space or the 0x before it; leaves `text` behind it. */
static uint64_t number(const char **text, int base)
{
    uint64_t value = 0;
    while (**text == ' ' || **text == '\t')
        (*text)++;
    if (base == 16 && strncmp(*text, "0x", 2) == 0)
        *text += 2;
    for (; digit(**text) < base; (*text)++)
        value = value * (uint64_t)base + (uint64_t)digit(**text);
    return value;
}

static bool is_wait(uint64_t operation)
{
    switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        return true;
    default:
        return false;
    }
}

/* The file shows a system call only of a thread that sleeps in it, else "running". */
static struct task look_up(uint32_t kernel_tid)
{
    char path[64], line[LINE_BYTES];
    struct task task = {.kernel_tid = kernel_tid};
    struct text name = text_over(path, sizeof(path));
    text_add(&name, "/proc/self/task/");
    text_add_number(&name, kernel_tid);
    text_add(&name, "/syscall");
    const char *at = line;
    if (!read_file(path, line, sizeof(line)) || digit(line[0]) > 9 || number(&at, 10) != SYS_futex)
        return task;
    task.futex = number(&at, 16);
    uint64_t operation = number(&at, 16);
    task.is_asleep_on_futex = is_wait(operation);
    task.is_private = operation & FUTEX_PRIVATE_FLAG;
    return task;
}

bool task_each(bool (*look)(const struct task *task, void *context), void *context)
{
    char list[LIST_BYTES] __attribute__((aligned(8)));
    int fd = open_file("/proc/self/task", O_DIRECTORY);
    bool goes_on = fd >= 0;
    long length = 0;
    while (goes_on && (length = syscall(SYS_getdents64, fd, list, sizeof(list))) > 0) {
        for (long at = 0; goes_on && at < length;) {
            const struct entry *entry = (const struct entry *)(const void *)(list + at);
            const char *name = entry->name;
            at += entry->bytes;
            if (digit(name[0]) > 9)
                continue;
            const struct task task = look_up((uint32_t)number(&name, 10));
            goes_on = look(&task, context);
        }
    }
    if (fd >= 0)
        syscall(SYS_close, fd);
    return goes_on && length == 0;
}

bool task_caught_signals(uint64_t *signals)
{
    char status[STATUS_BYTES];
    const char *at =
        read_file("/proc/self/status", status, sizeof(status)) ? strstr(status, "\nSigCgt:") : NULL;
    if (!at)
        return false;
    at += strlen("\nSigCgt:");
    *signals = number(&at, 16);
    return true;
}

void task_sleep(uint64_t time_ns)
{
    struct timespec time = {.tv_sec = (time_t)(time_ns / 1000000000u),
                            .tv_nsec = (long)(time_ns % 1000000000u)};
    syscall(SYS_nanosleep, &time, NULL);
}
