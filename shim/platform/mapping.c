#include "shim/platform/mapping.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/platform/inner_lock.h"
#include "shim/platform/text.h"

enum { KNOWN_MOST = 32, READ_BYTES = 2048, HEAD_BYTES = 96 };

struct mapping {
    uintptr_t start, end;
    uint64_t device, inode, offset; /* of `start` */
    bool is_shared, is_detachable;
};

/* One line of the list: its beginning, which tells all but the path. */
struct line {
    char head[HEAD_BYTES];
    size_t bytes;
};

static struct inner_lock lock;
static struct mapping known[KNOWN_MOST];
static unsigned next_known; /* the one that gives way next */
static uint64_t changes;    /* a mapping read before one of them may be gone */
atomic_uint mapping_known_count;

static bool find_known(uintptr_t address, struct mapping *mapping)
{
    unsigned count = atomic_load_explicit(&mapping_known_count, memory_order_relaxed);
    for (unsigned i = 0; i < count; i++) {
        if (address >= known[i].start && address < known[i].end) {
            *mapping = known[i];
            return true;
        }
    }
    return false;
}

static void remember(const struct mapping *mapping)
{
    unsigned count = atomic_load_explicit(&mapping_known_count, memory_order_relaxed);
    known[next_known] = *mapping;
    next_known = (next_known + 1) % KNOWN_MOST;
    if (count < KNOWN_MOST)
        atomic_store_explicit(&mapping_known_count, count + 1, memory_order_relaxed);
}

static bool take_number(const char **text, unsigned base, char end, uint64_t *value)
{
    const char *start = *text;
    *value = 0;
    for (;; (*text)++) {
        char letter = **text;
        unsigned digit = letter >= '0' && letter <= '9'   ? (unsigned)(letter - '0')
                         : letter >= 'a' && letter <= 'f' ? (unsigned)(letter - 'a') + 10
                                                          : base;
        if (digit >= base)
            break;
        *value = *value * base + digit;
    }
    return *text != start && *(*text)++ == end;
}

/* "7f3c2a000000-7f3c2a021000 rw-s 00000000 00:1b 42      /dev/shm/x" */
static bool parse_line(const struct line *line, struct mapping *mapping)
{
    const char *text = line->head;
    uint64_t start, end, major, minor;
    if (!take_number(&text, 16, '-', &start) || !take_number(&text, 16, ' ', &end) ||
        strlen(text) < 5)
        return false;
    mapping->is_shared = text[3] == 's';
    text += 5;
    if (!take_number(&text, 16, ' ', &mapping->offset) || !take_number(&text, 16, ':', &major) ||
        !take_number(&text, 16, ' ', &minor) || !take_number(&text, 10, ' ', &mapping->inode))
        return false;
    mapping->start = start;
    mapping->end = end;
    mapping->device = major << 32 | minor;
    /* shmdt() has no hook: such memory may go at any time. */
    mapping->is_detachable = strstr(text, "/SYSV") != NULL;
    return true;
}

/* The mapping of `address` is sought, and whether there is one of the file with `inode`. */
struct sought {
    uintptr_t address;
    uint64_t inode; /* 0: no file */
    struct mapping found;
    bool has_address, has_inode;
};

static void meet(struct sought *sought, const struct mapping *mapping)
{
    sought->has_inode |= mapping->inode == sought->inode && mapping->is_shared;
    if (sought->address < mapping->start || sought->address >= mapping->end)
        return;
    sought->found = *mapping;
    sought->has_address = true;
}

/* Feeds bytes to the line; whether all that is sought is found in the lines they end. */
static bool feed(struct line *line, const char *bytes, size_t count, struct sought *sought)
{
    struct mapping mapping;
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != '\n') {
            if (line->bytes < HEAD_BYTES - 1)
                line->head[line->bytes++] = bytes[i];
            continue;
        }
        line->head[line->bytes] = '\0';
        line->bytes = 0;
        if (parse_line(line, &mapping))
            meet(sought, &mapping);
        if (sought->has_address && (sought->has_inode || !sought->inode))
            return true;
    }
    return false;
}

/* Raw calls: none is a cancellation point. */
static bool read_mappings(const char *path, struct sought *sought)
{
    char buffer[READ_BYTES];
    struct line line = {.bytes = 0};
    bool found = false;
    ssize_t count = 0;
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (!found && (count = syscall(SYS_read, fd, buffer, sizeof(buffer))) > 0)
        found = feed(&line, buffer, (size_t)count, sought);
    syscall(SYS_close, fd);
    return found;
}

static bool read_mapping(uintptr_t address, struct mapping *mapping)
{
    struct sought sought = {.address = address};
    if (!read_mappings("/proc/self/maps", &sought))
        return false;
    *mapping = sought.found;
    return true;
}

static bool look_up(uintptr_t address, struct mapping *mapping)
{
    inner_lock_acquire(&lock);
    bool found = find_known(address, mapping);
    uint64_t before = changes;
    inner_lock_release(&lock);
    if (found)
        return true;
    if (!read_mapping(address, mapping))
        return false;
    inner_lock_acquire(&lock);
    if (changes == before && !mapping->is_detachable)
        remember(mapping);
    inner_lock_release(&lock);
    return true;
}

static enum mapping_answer answer(const struct mapping *mapping, uintptr_t address,
                                  struct mapping_place *place)
{
    if (!mapping->is_shared)
        return MAPPING_PRIVATE;
    *place = (struct mapping_place){.device = mapping->device,
                                    .inode = mapping->inode,
                                    .offset = mapping->offset + (address - mapping->start)};
    return MAPPING_SHARED;
}

enum mapping_answer mapping_find(uintptr_t address, struct mapping_place *place)
{
    struct mapping mapping;
    return look_up(address, &mapping) ? answer(&mapping, address, place) : MAPPING_UNKNOWN;
}

enum mapping_answer mapping_find_in(uint32_t pid, uint64_t inode, uintptr_t address,
                                    struct mapping_place *place)
{
    char path[64];
    struct text text = text_over(path, sizeof(path));
    struct sought sought = {.address = address, .inode = inode};
    text_add(&text, "/proc/");
    text_add_number(&text, pid);
    text_add(&text, "/maps");
    return read_mappings(path, &sought) ? answer(&sought.found, address, place) : MAPPING_UNKNOWN;
}

void mapping_forget(uintptr_t start, uintptr_t end)
{
    inner_lock_acquire(&lock);
    changes++;
    unsigned count = atomic_load_explicit(&mapping_known_count, memory_order_relaxed);
    for (unsigned i = 0; i < count; i++) {
        if (known[i].start < end && start < known[i].end)
            known[i] = (struct mapping){0};
    }
    inner_lock_release(&lock);
}

void mapping_after_fork(void)
{
    inner_lock_reset(&lock);
    next_known = 0;
    atomic_store_explicit(&mapping_known_count, 0, memory_order_relaxed);
}
