#include "shim/core/peer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/path.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum {
    NAME_BYTES = 256,
    ENTRIES_BYTES = 8192,
    PLACES = 512,
    SETTLED_NS = 1000000000, /* a folder changed longer ago shows each later change in its time */
};

/* A recording. What is mapped of it is [piece, piece_end); before that lie earlier pieces. */
struct peer {
    uint64_t inode;
    const struct trace_header *header; /* NULL: not wanted so far, or not a recording */
    const char *at, *piece_end;        /* how far its chunks are known */
    uint64_t file_bytes;               /* mapped */
    char name[NAME_BYTES];
};

struct table {
    void *items;
    uint32_t count, capacity;
};

static struct inner_lock lock;
static struct table peers, blocks;
static char folder[PATH_BYTES]; /* of the recordings, with the slash; "" not known yet */
static struct timespec folder_time;

static struct known_place {
    uint32_t peer, lock;
    enum mapping_answer answer;
    struct mapping_place place;
} places[PLACES];

void peer_lock(void)
{
    inner_lock_acquire(&lock);
}

void peer_unlock(void)
{
    inner_lock_release(&lock);
}

/* A new last item, zeroed; NULL without memory. */
static void *add(struct table *table, size_t bytes)
{
    if (table->count == table->capacity) {
        uint32_t capacity = table->capacity ? table->capacity * 2 : 64;
        void *larger = memory_map(capacity * bytes);
        if (!larger)
            return NULL;
        if (table->count)
            memcpy(larger, table->items, table->count * bytes);
        memory_unmap(table->items, table->capacity * bytes);
        table->items = larger;
        table->capacity = capacity;
    }
    return (char *)table->items + bytes * table->count++;
}

static struct peer *peer_at(uint32_t index)
{
    return (struct peer *)peers.items + index;
}

static int open_named(const struct peer *peer)
{
    char path[PATH_BYTES];
    struct text text = text_over(path, sizeof(path));
    text_add(&text, folder);
    text_add(&text, peer->name);
    if (text.cut)
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* What the file has grown by. Not for fork children, who find their own. */
static const char *map_growth(struct peer *peer, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_ino != peer->inode || !S_ISREG(status.st_mode) ||
        (uint64_t)status.st_size <= peer->file_bytes)
        return NULL;
    size_t bytes = ((size_t)status.st_size - peer->file_bytes) & ~(size_t)(TRACE_PAGE - 1);
    char *piece =
        bytes ? mmap(memory_place(bytes), bytes, PROT_READ, MAP_SHARED, fd, (off_t)peer->file_bytes)
              : MAP_FAILED;
    if (piece == MAP_FAILED)
        return NULL;
    madvise(piece, bytes, MADV_DONTFORK);
    peer->file_bytes += bytes;
    peer->at = piece;
    peer->piece_end = piece + bytes;
    return piece;
}

/* Notes the live blocks among the chunks that are complete. */
static void scan(uint32_t index)
{
    struct peer *peer = peer_at(index);
    while (peer->at < peer->piece_end) {
        const struct trace_chunk *chunk = (const void *)peer->at;
        bool is_there = __atomic_load_n(&chunk->magic, __ATOMIC_ACQUIRE) == TRACE_CHUNK_MAGIC;
        uint64_t bytes = is_there ? chunk->bytes : 0;
        if (!bytes || bytes % TRACE_PAGE || bytes > (uint64_t)(peer->piece_end - peer->at))
            return;
        if (chunk->kind == TRACE_CHUNK_LIVE) {
            struct peer_block *block = add(&blocks, sizeof(*block));
            if (!block)
                return;
            block->live = (const void *)(chunk + 1);
            block->peer = index;
        }
        peer->at += bytes;
    }
}

static bool is_recording(const struct peer *peer)
{
    const struct trace_header *header = peer->header;
    return peer->file_bytes >= TRACE_PAGE &&
           memcmp(header->magic, TRACE_MAGIC, sizeof(header->magic)) == 0 &&
           header->byte_order == TRACE_BYTE_ORDER && header->min_reader <= TRACE_VERSION &&
           header->header_bytes == TRACE_PAGE && header->pid != (uint32_t)getpid() &&
           header->pid_namespace && header->pid_namespace == recording_pid_namespace();
}

static bool is_process(uint32_t pid)
{
    return syscall(SYS_tgkill, pid, pid, 0) == 0;
}

/* Whether the recording in the file is one we want; its header tells. */
static bool is_wanted(int fd, bool with_ended)
{
    struct trace_header header;
    if (syscall(SYS_pread64, fd, &header, sizeof(header), 0) != sizeof(header))
        return false;
    return with_ended || (header.state == TRACE_RUNNING && is_process(header.pid));
}

static void open_peer(uint32_t index, bool with_ended)
{
    struct peer *peer = peer_at(index);
    int fd = open_named(peer);
    if (fd < 0)
        return;
    if (is_wanted(fd, with_ended)) {
        peer->header = (const void *)map_growth(peer, fd);
        if (peer->header && is_recording(peer))
            peer->at += TRACE_PAGE;
        else
            peer->header = NULL;
    }
    syscall(SYS_close, fd);
}

static void map_more(uint32_t index)
{
    struct peer *peer = peer_at(index);
    int fd = open_named(peer);
    if (fd < 0)
        return;
    map_growth(peer, fd);
    syscall(SYS_close, fd);
}

static bool is_known(uint64_t inode)
{
    for (uint32_t i = 0; i < peers.count; i++) {
        if (peer_at(i)->inode == inode)
            return true;
    }
    return false;
}

struct entry { /* struct linux_dirent64 */
    uint64_t inode;
    int64_t offset;
    uint16_t bytes;
    uint8_t type;
    char name[];
};

static void note_entry(const struct entry *entry)
{
    size_t length = strlen(entry->name), extension = strlen(TRACE_EXTENSION);
    if (length <= extension || length >= NAME_BYTES || is_known(entry->inode) ||
        strcmp(entry->name + length - extension, TRACE_EXTENSION) != 0)
        return;
    struct peer *peer = add(&peers, sizeof(*peer));
    if (!peer)
        return;
    peer->inode = entry->inode;
    memcpy(peer->name, entry->name, length + 1);
}

static void read_folder(int fd)
{
    char buffer[ENTRIES_BYTES] __attribute__((aligned(8)));
    long count;
    while ((count = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
        for (long at = 0; at < count;) {
            const struct entry *entry = (const void *)(buffer + at);
            note_entry(entry);
            at += entry->bytes;
        }
    }
}

static bool find_folder(void)
{
    const char *path = recording_path(), *slash = strrchr(path, '/');
    if (folder[0] || !slash)
        return folder[0];
    struct text text = text_over(folder, sizeof(folder));
    text_add_bytes(&text, path, (size_t)(slash + 1 - path));
    return true;
}

/* The time of a change is as coarse as the kernel's timer: it may hide one that follows at once. */
static bool has_changed(int fd)
{
    struct stat status;
    struct timespec now;
    if (fstat(fd, &status) != 0)
        return false;
    bool is_same = status.st_mtim.tv_sec == folder_time.tv_sec &&
                   status.st_mtim.tv_nsec == folder_time.tv_nsec;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = (now.tv_sec - status.st_mtim.tv_sec) * INT64_C(1000000000) +
                  (now.tv_nsec - status.st_mtim.tv_nsec);
    folder_time = age > SETTLED_NS ? status.st_mtim : (struct timespec){0};
    return !is_same;
}

static bool look_into_folder(void)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool changed = fd >= 0 && has_changed(fd);
    if (changed)
        read_folder(fd);
    if (fd >= 0)
        syscall(SYS_close, fd);
    return changed;
}

void peer_refresh(bool with_ended)
{
    if (!find_folder())
        return;
    bool changed = look_into_folder();
    for (uint32_t i = 0; i < peers.count; i++) {
        struct peer *peer = peer_at(i);
        if (!peer->header && (changed || with_ended))
            open_peer(i, with_ended);
        if (!peer->header)
            continue;
        scan(i);
        if (peer->at == peer->piece_end) {
            map_more(i);
            scan(i);
        }
    }
}

uint32_t peer_block_count(void)
{
    return blocks.count;
}

const struct peer_block *peer_block_at(uint32_t index)
{
    return (const struct peer_block *)blocks.items + index;
}

static bool has_not_ended(uint32_t peer)
{
    return __atomic_load_n(&peer_at(peer)->header->state, __ATOMIC_ACQUIRE) == TRACE_RUNNING;
}

bool peer_is_running(uint32_t peer)
{
    return has_not_ended(peer) && is_process(peer_pid(peer));
}

/* A number may have been given again: then the later recording has the thread. */
static const struct peer_block *find(uint32_t kernel_tid, bool with_ended)
{
    const struct peer_block *found = NULL;
    for (uint32_t i = 0; i < blocks.count; i++) {
        const struct peer_block *block = peer_block_at(i);
        if (__atomic_load_n(&block->live->kernel_tid, __ATOMIC_ACQUIRE) != kernel_tid ||
            !(with_ended || has_not_ended(block->peer)))
            continue;
        if (!found || peer_at(found->peer)->header->start_monotonic_ns <=
                          peer_at(block->peer)->header->start_monotonic_ns)
            found = block;
    }
    return found;
}

const struct peer_block *peer_find(uint32_t kernel_tid, bool with_ended)
{
    const struct peer_block *found = find(kernel_tid, with_ended);
    if (found)
        return found;
    peer_refresh(with_ended);
    return find(kernel_tid, with_ended);
}

uint32_t peer_pid(uint32_t peer)
{
    return peer_at(peer)->header->pid;
}

enum mapping_answer peer_place(uint32_t peer, uint32_t id, uint64_t address,
                               struct mapping_place *place)
{
    struct known_place *known = &places[(id * 31 + peer) % PLACES];
    if (known->lock != id || known->peer != peer || !id) {
        struct mapping_place found = {0};
        enum mapping_answer answer =
            mapping_find_in(peer_pid(peer), peer_at(peer)->inode, address, &found);
        *known = (struct known_place){peer, answer == MAPPING_UNKNOWN ? 0 : id, answer, found};
    }
    *place = known->place;
    return known->answer;
}

/* A look through all records of one recording: true from `is_it` ends it. */
struct record_search {
    bool (*is_it)(const struct trace_record *record, struct record_search *search);
    uint32_t pid, kernel_tid, lock;
    struct mapping_place place;
};

static bool search_chunk(const struct trace_chunk *chunk, struct record_search *search)
{
    const char *at = (const char *)(chunk + 1), *end = (const char *)chunk + chunk->bytes;
    while (chunk->kind == TRACE_CHUNK_RECORDS && at + sizeof(struct trace_record) <= end) {
        const struct trace_record *record = (const void *)at;
        if (record->bytes < sizeof(*record) || record->bytes > (size_t)(end - at))
            return false;
        if (search->is_it(record, search))
            return true;
        at += record->bytes;
    }
    return false;
}

static bool search_records(uint32_t index, struct record_search *search)
{
    struct peer whole = *peer_at(index);
    bool found = false;
    int fd = open_named(&whole);
    whole.file_bytes = 0;
    const char *file = fd >= 0 ? map_growth(&whole, fd) : NULL;
    for (const char *at = file + TRACE_PAGE; file && at < whole.piece_end && !found;) {
        const struct trace_chunk *chunk = (const void *)at;
        if (chunk->magic != TRACE_CHUNK_MAGIC || chunk->bytes < sizeof(*chunk) ||
            chunk->bytes > (uint64_t)(whole.piece_end - at))
            break;
        found = search_chunk(chunk, search);
        at += chunk->bytes;
    }
    memory_unmap((void *)file, whole.file_bytes);
    if (fd >= 0)
        syscall(SYS_close, fd);
    return found;
}

static bool is_mapping_of(const struct trace_record *record, struct record_search *search)
{
    const struct trace_lock_mapping *mapping = (const void *)record;
    if (record->kind != TRACE_LOCK_MAPPING || record->bytes < sizeof(*mapping) ||
        mapping->lock != search->lock)
        return false;
    search->place = (struct mapping_place){mapping->device, mapping->inode, mapping->offset};
    return true;
}

bool peer_recorded_place(uint32_t peer, uint32_t id, struct mapping_place *place)
{
    struct record_search search = {.is_it = is_mapping_of, .lock = id};
    bool found = search_records(peer, &search);
    *place = search.place;
    return found;
}

static bool is_end_for(const struct trace_record *record, struct record_search *search)
{
    const struct trace_deadlock *deadlock = (const void *)record;
    if (record->kind != TRACE_DEADLOCK || record->bytes < sizeof(*deadlock) ||
        !(deadlock->flags & TRACE_DEADLOCK_ENDED) ||
        record->bytes <
            sizeof(*deadlock) + (uint64_t)deadlock->set_count * sizeof(deadlock->threads[0]))
        return false;
    for (uint32_t i = 0; i < deadlock->set_count; i++) {
        if (deadlock->threads[i].pid == search->pid &&
            deadlock->threads[i].kernel_tid == search->kernel_tid)
            return true;
    }
    return false;
}

bool peer_told_of(uint32_t pid, uint32_t kernel_tid)
{
    struct record_search search = {.is_it = is_end_for, .pid = pid, .kernel_tid = kernel_tid};
    peer_refresh(true);
    for (uint32_t i = 0; i < peers.count; i++) {
        if (peer_at(i)->header && search_records(i, &search))
            return true;
    }
    return false;
}

void peer_after_fork(void)
{
    inner_lock_reset(&lock);
    peers = blocks = (struct table){0};
    folder_time = (struct timespec){0};
    memset(places, 0, sizeof(places));
}
