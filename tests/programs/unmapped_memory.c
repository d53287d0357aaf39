/* Mutexes in mapped memory that is unmapped; a new mapping at the same address has new ones,
 * nested in the other order.
 * verdict: clean */
#include <sys/mman.h>
#include "tests/programs/support.h"

#define BYTES 4096

static pthread_mutex_t *locks;

static void map_at(void *address)
{
    void *memory =
        mmap(address, BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | (address != NULL ? MAP_FIXED_NOREPLACE : 0), -1, 0);

    must_be(memory != MAP_FAILED, "mmap");
    locks = (pthread_mutex_t *)memory; /* all zero is PTHREAD_MUTEX_INITIALIZER */
}

static void first_then_second(void)
{
    nest(&locks[0], &locks[1]);
}

static void unmap_and_map_again(void)
{
    void *const old = locks;

    must_be(munmap(old, BYTES) == 0, "munmap");
    map_at(old);
    must_be(locks == old, "the same address is mapped again");
}

static void second_then_first(void)
{
    nest(&locks[1], &locks[0]);
}

int main(void)
{
    map_at(NULL);
    RUN_IN_TURN(first_then_second, unmap_and_map_again, second_then_first);
    puts("done");
    return 0;
}
