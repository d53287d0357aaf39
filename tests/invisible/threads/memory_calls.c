/* The memory functions the shim watches answer and fail as without it, errno kept where libc keeps
 * it, contents kept where they must be. */
#include "tests/invisible/fact.h"

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

static volatile size_t huge = PTRDIFF_MAX, too_many = SIZE_MAX / 2;

static void free_keeps_errno(void)
{
    errno = FACT_ERRNO;
    free(NULL);
    free(malloc(10));
    free(malloc(1 << 22));
    FACT_VALUE(FACT_ERRNO, errno);
}

static void resizing(void)
{
    char *block = malloc(100);
    memset(block, 'x', 100);
    FACT_VALUE(1, realloc(block, huge) == NULL && errno == ENOMEM);
    FACT_VALUE(1, reallocarray(block, too_many, 8) == NULL && errno == ENOMEM);
    FACT_VALUE('x', block[99]);
    block = realloc(block, 1 << 20);
    FACT_VALUE('x', block[99]);
    block = reallocarray(block, 1 << 10, 1 << 11);
    FACT_VALUE('x', block[0]);
    FACT_VALUE(1, malloc_usable_size(block) >= 1 << 21);
    FACT_VALUE(1, realloc(block, 0) == NULL);
    block = realloc(NULL, 50);
    FACT_VALUE(1, block != NULL);
    free(block);
}

static void mapping(void)
{
    char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memory[0] = 'm';
    FACT_CALL(EINVAL, munmap(memory + 1, PAGE));
    FACT_CALL(EINVAL, munmap(memory, 0));
    FACT_CALL(0, munmap(memory + 3 * PAGE, PAGE));
    FACT_CALL(0, munmap(memory + 3 * PAGE, PAGE));
    char *place = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    FACT_VALUE(1,
               mremap(memory, 3 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
    FACT_VALUE('m', place[0]);
    FACT_CALL(EFAULT, mremap(memory, PAGE, 2 * PAGE, 0) == MAP_FAILED ? -1 : 0);
    FACT_VALUE(1, mremap(place, 8 * PAGE, 2 * PAGE, 0) == place);
    FACT_CALL(0, munmap(place, 64 * PAGE));
}

static int all(void *unused)
{
    (void)unused;
    free_keeps_errno();
    resizing();
    mapping();
    errno = FACT_ERRNO;
    return 0;
}

int main(void)
{
    all(NULL);
    FACT_VALUE(0, fact_elsewhere(all, NULL));
    return fact_status();
}
