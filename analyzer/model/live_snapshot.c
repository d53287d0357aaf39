#include "analyzer/model/live_snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "analyzer/base/array.h"
#include "analyzer/model/execution_file.h"

#define PASSES_MAX    100
#define PASS_PAUSE_NS 100000

struct block {
    off_t offset; /* in the file */
    size_t bytes; /* with room for all entries */
    struct trace_live *now, *before;
    bool agrees;
};

struct blocks {
    struct arena *arena;
    const unsigned char *data;
    ARRAY(struct block) list;
};

static void add_block(const struct trace_live *live, void *context)
{
    struct blocks *blocks = context;
    struct block block = {
        .offset = (const unsigned char *)live - blocks->data,
        .bytes = sizeof *live + live->capacity * sizeof live->held[0],
    };
    block.now = arena_alloc(blocks->arena, 1, block.bytes);
    block.before = arena_alloc(blocks->arena, 1, block.bytes);
    *array_add(blocks->arena, &blocks->list) = block;
}

/* What counts of a block: what lies beyond is left over. */
static size_t used_bytes(const struct trace_live *live)
{
    return sizeof *live + live->held_count * sizeof live->held[0];
}

static bool read_block(int file, struct block *block)
{
    struct trace_live *last = block->before;
    block->before = block->now;
    block->now = last;
    if (pread(file, block->now, block->bytes, block->offset) != (ssize_t)block->bytes ||
        block->now->held_count > block->now->capacity ||
        sizeof *last + block->now->capacity * sizeof last->held[0] > block->bytes) {
        memset(block->now, 0, sizeof *block->now);
        block->agrees = false;
        return false;
    }
    block->agrees = used_bytes(block->now) == used_bytes(block->before) &&
                    memcmp(block->now, block->before, used_bytes(block->now)) == 0;
    return block->agrees;
}

/* One pass over all of them; whether it saw the same as the one before. */
static bool read_blocks(int file, struct blocks *blocks)
{
    bool agree = true;
    for (size_t i = 0; i < blocks->list.count; i++) {
        agree &= read_block(file, &blocks->list.items[i]);
    }
    return agree;
}

static bool has_entry(const struct trace_live *live, const struct trace_held *entry)
{
    for (uint32_t i = 0; i < live->held_count; i++) {
        if (memcmp(&live->held[i], entry, sizeof *entry) == 0) {
            return true;
        }
    }
    return false;
}

/* A thread that was put off the processor while it took an entry out of the middle has one twice
 * for as long as that lasts, and one it was writing has no address yet. */
static void drop_unfinished(struct trace_live *live)
{
    uint32_t count = live->held_count;
    live->held_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (live->held[i].address != 0 && !has_entry(live, &live->held[i])) {
            live->held[live->held_count++] = live->held[i];
        }
    }
}

/* Leaves what both passes saw. */
static void intersect(struct trace_live *now, const struct trace_live *before)
{
    uint32_t count = now->held_count;
    now->held_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (has_entry(before, &now->held[i])) {
            now->held[now->held_count++] = now->held[i];
        }
    }
    if (now->wait != before->wait) {
        now->wait = 0;
    }
}

static uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void take_threads(struct blocks *blocks, struct live_snapshot *snapshot)
{
    snapshot->threads =
        arena_alloc(blocks->arena, blocks->list.count + 1, sizeof *snapshot->threads);
    for (size_t i = 0; i < blocks->list.count; i++) {
        struct block *block = &blocks->list.items[i];
        if (!block->agrees) {
            intersect(block->now, block->before);
        }
        drop_unfinished(block->now);
        if (block->now->thread != 0 && block->now->kernel_tid != 0) {
            snapshot->threads[snapshot->thread_count++] =
                (struct live_snapshot_thread){block->now, block->agrees};
        }
    }
    snapshot->taken_ns = monotonic_ns();
}

bool live_snapshot_take(struct arena *arena, const char *path, struct live_snapshot *snapshot,
                        const char **error)
{
    struct blocks blocks = {.arena = arena};
    struct trace_reader reader;
    const void *data;
    size_t size;
    if (!execution_file_read(arena, path, EXECUTION_WITHOUT_EVENTS, &data, &size, error)) {
        return false;
    }
    enum trace_status status = trace_reader_open(&reader, data, size);
    if (status != TRACE_OK) {
        *error = arena_printf(arena, "%s: %s", path, trace_status_text(status));
        return false;
    }
    blocks.data = data;
    trace_reader_each_live(&reader, add_block, &blocks);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        *error = arena_printf(arena, "%s: cannot be opened: %s", path, strerror(errno));
        return false;
    }
    *snapshot = (struct live_snapshot){.pid = trace_reader_header(&reader)->pid,
                                       .state = trace_reader_header(&reader)->state};
    read_blocks(file, &blocks);
    for (int pass = 0; pass < PASSES_MAX && !read_blocks(file, &blocks); pass++) {
        nanosleep(&(struct timespec){.tv_nsec = PASS_PAUSE_NS}, NULL);
    }
    close(file);
    take_threads(&blocks, snapshot);
    return true;
}
