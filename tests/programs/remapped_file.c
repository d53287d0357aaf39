/* A file is unmapped and mapped again elsewhere: its mutexes are the same locks, which are taken in
 * opposite orders before and after.
 * verdict: finding locks=mutex*init_a*,mutex*init_b*
 * step: holds=*init_a* requests=*init_b* in=a_then_b
 * step: holds=*init_b* requests=*init_a* in=b_then_a */
#include "tests/programs/processes.h"

static int file;

static NOINLINE void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

static void map_elsewhere(void)
{
    struct shared *elsewhere = map_shared(file);

    must_be(munmap(shared, SHARED_BYTES) == 0 && elsewhere != shared, "it moves");
    shared = elsewhere;
}

static NOINLINE void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

int main(void)
{
    char name[] = "/tmp/unknot-test-XXXXXX";

    file = mkstemp(name);
    must_be(file >= 0 && ftruncate(file, SHARED_BYTES) == 0, "a file");
    unlink(name);
    shared = map_shared(file);
    init_a(shared);
    init_b(shared);
    RUN_IN_TURN(a_then_b, map_elsewhere, b_then_a);
    return 0;
}
