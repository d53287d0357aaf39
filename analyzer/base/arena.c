#include "analyzer/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/base/progress.h"

/* Under AddressSanitizer every object is a block of its own, so that it sees each one's end. */
#ifdef __SANITIZE_ADDRESS__
enum { ALIGNMENT = 16, BLOCK_BYTES = 1 };
#else
enum { ALIGNMENT = 16, BLOCK_BYTES = 256 * 1024 };
#endif

struct arena_block {
    struct arena_block *next;
    size_t size_bytes, used_bytes; /* of data */
    _Alignas(ALIGNMENT) unsigned char data[];
};

static _Noreturn void fail(const char *why)
{
    progress_end();
    fprintf(stderr, "unknot: out of memory: %s\n", why);
    exit(2);
}

void arena_init(struct arena *arena, size_t cap_bytes)
{
    *arena = (struct arena){.cap_bytes = cap_bytes};
}

void arena_destroy(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena_init(arena, arena->cap_bytes);
}

void arena_take_over(struct arena *arena, struct arena *from)
{
    struct arena_block **end = &arena->blocks;

    while (*end)
        end = &(*end)->next;
    *end = from->blocks;
    arena->used_bytes += from->used_bytes;
    arena_init(from, from->cap_bytes);
}

static struct arena_block *add_block(struct arena *arena, size_t size_bytes)
{
    struct arena_block *block;
    size_t room = size_bytes < BLOCK_BYTES ? BLOCK_BYTES : size_bytes;

    if (arena->cap_bytes != 0 && room > arena->cap_bytes - arena->used_bytes)
        fail("the recording needs more than the analysis may use");
    block = calloc(1, sizeof *block + room);
    if (!block)
        fail("this machine has no more for the analysis");
    block->size_bytes = room;
    arena->used_bytes += room;
    /* A block made for one big object leaves the current one, with its free space, in front. */
    if (arena->blocks && size_bytes > BLOCK_BYTES / 4) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size_bytes)
{
    struct arena_block *block = arena->blocks;
    size_t bytes;

    if (__builtin_mul_overflow(count, size_bytes, &bytes) || bytes > SIZE_MAX / 2)
        fail("an impossible size was asked for");
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!block || block->size_bytes - block->used_bytes < bytes)
        block = add_block(arena, bytes);
    void *memory = block->data + block->used_bytes;
    block->used_bytes += bytes;
    return memory;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(arena_alloc(arena, bytes, 1), text, bytes);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    char *text;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        length = 0;
    text = arena_alloc(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}
