#include "shim/platform/block_size.h"

#include <stdlib.h>

bool block_size_is_before;

static bool agrees(size_t bytes)
{
    void *volatile memory = malloc(bytes); /* what lies before it is none of the compiler's */
    bool same = memory && block_size_before(memory) == REAL(malloc_usable_size)(memory);
    REAL(free)(memory);
    return same;
}

/* Small blocks only: freeing one that was mapped would move glibc's threshold for the next. */
void block_size_start(void)
{
    block_size_is_before = real_is_of_the_c_library((void *)malloc) &&
                           real_is_of_the_c_library((void *)REAL(free)) &&
                           real_is_of_the_c_library((void *)REAL(malloc_usable_size)) && agrees(1) &&
                           agrees(100) && agrees(1000);
}
