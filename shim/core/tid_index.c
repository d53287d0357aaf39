#include "shim/core/tid_index.h"

#include <stddef.h>
#include <sys/mman.h>

#include "shim/platform/memory.h"

/* Kernel ids have 22 bits at most. */
enum { PAGE_LOG = 12, IN_PAGE = 1 << PAGE_LOG, PAGES = 1 << (22 - PAGE_LOG) };
static uint32_t *pages[PAGES];

static uint32_t *page_of(uint32_t kernel_tid)
{
    return __atomic_load_n(&pages[(kernel_tid >> PAGE_LOG) % PAGES], __ATOMIC_ACQUIRE);
}

static uint32_t *make_page(uint32_t kernel_tid)
{
    uint32_t *page = memory_map(IN_PAGE * sizeof(*page));
    if (!page)
        return NULL;
    madvise(page, IN_PAGE * sizeof(*page), MADV_WIPEONFORK);
    __atomic_store_n(&pages[(kernel_tid >> PAGE_LOG) % PAGES], page, __ATOMIC_RELEASE);
    return page;
}

void tid_index_set(uint32_t kernel_tid, uint32_t index)
{
    uint32_t *page = page_of(kernel_tid);
    if (page || (page = make_page(kernel_tid)))
        __atomic_store_n(&page[kernel_tid % IN_PAGE], index, __ATOMIC_RELEASE);
}

void tid_index_forget(uint32_t kernel_tid, uint32_t index)
{
    if (tid_index_find(kernel_tid) == index)
        __atomic_store_n(&page_of(kernel_tid)[kernel_tid % IN_PAGE], 0, __ATOMIC_RELEASE);
}

uint32_t tid_index_find(uint32_t kernel_tid)
{
    const uint32_t *page = page_of(kernel_tid);
    return page ? __atomic_load_n(&page[kernel_tid % IN_PAGE], __ATOMIC_ACQUIRE) : 0;
}
