/* mremap cuts the end off a mapping; what is mapped there next holds other locks.
 * verdict: clean */
#include <sys/mman.h>
#include "tests/programs/support.h"

enum { PAGE_BYTES = 4096 };

struct pair {
    pthread_mutex_t a, b;
};

static char *memory;
static struct pair *pair; /* on the second page */

static void *map_at(void *address, size_t bytes)
{
    int fixed = address ? MAP_FIXED : 0;
    void *mapped =
        mmap(address, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);

    must_be(mapped != MAP_FAILED, "mmap");
    return mapped;
}

static void a_then_b(void)
{
    nest(&pair->a, &pair->b);
}

static void replace_second_page(void)
{
    must_be(mremap(memory, 2 * PAGE_BYTES, PAGE_BYTES, 0) == memory, "mremap");
    map_at(pair, PAGE_BYTES);
}

static void b_then_a(void)
{
    nest(&pair->b, &pair->a);
}

int main(void)
{
    memory = (char *)map_at(NULL, 2 * PAGE_BYTES);
    pair = (struct pair *)(memory + PAGE_BYTES);
    RUN_IN_TURN(a_then_b, replace_second_page, b_then_a);
    return 0;
}
