/* A file is unmapped and another one mapped at its address: its mutexes, taken in the opposite
 * order, are other locks.
 * verdict: clean */
#include "tests/programs/processes.h"

static int new_file(void)
{
    char name[] = "/tmp/unknot-test-XXXXXX";
    int file = mkstemp(name);

    must_be(file >= 0 && ftruncate(file, SHARED_BYTES) == 0, "a file");
    unlink(name);
    return file;
}

static void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

/* The mutexes are copied with the memory: nothing initialises them. */
static void replace(void)
{
    int file = new_file();
    struct shared *elsewhere = map_shared(file);

    *elsewhere = *shared;
    must_be(munmap(shared, SHARED_BYTES) == 0, "munmap");
    must_be(mmap(shared, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) ==
                shared,
            "the same address");
}

static void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

int main(void)
{
    shared = map_shared(new_file());
    init_a(shared);
    init_b(shared);
    RUN_IN_TURN(a_then_b, replace, b_then_a);
    return 0;
}
