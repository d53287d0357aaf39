/* Mutexes in mapped memory that mremap moves away; a new mapping takes the old address and has new
 * ones, nested in the other order.
 * verdict: clean */
#include <sys/mman.h>
#include "tests/programs/support.h"

#define BYTES 4096

static pthread_mutex_t *locks;

static void *map(void *address, int flags)
{
    void *memory =
        mmap(address, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

    must_be(memory != MAP_FAILED, "mmap");
    return memory;
}

static void first_then_second(void)
{
    nest(&locks[0], &locks[1]);
}

static void move_away_and_map_again(void)
{
    void *const old = locks;
    void *elsewhere = map(NULL, 0);

    must_be(mremap(old, BYTES, BYTES, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) == elsewhere,
            "mremap");
    locks = (pthread_mutex_t *)map(old, MAP_FIXED_NOREPLACE);
    must_be(locks == old, "the same address is mapped again");
}

static void second_then_first(void)
{
    nest(&locks[1], &locks[0]);
}

int main(void)
{
    locks = (pthread_mutex_t *)map(NULL, 0);
    RUN_IN_TURN(first_then_second, move_away_and_map_again, second_then_first);
    puts("done");
    return 0;
}
