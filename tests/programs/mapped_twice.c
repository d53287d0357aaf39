/* One process maps a file twice: a mutex has two addresses and is one lock.
 * verdict: finding locks=mutex*init_a*,mutex*init_b*
 * step: holds=*init_a* requests=*init_b* in=a_then_b
 * step: holds=*init_b* requests=*init_a* in=b_then_a */
#include "tests/programs/processes.h"

static struct shared *again;

static NOINLINE void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

static NOINLINE void b_then_a(void)
{
    nest(&again->b, &again->a);
}

int main(void)
{
    char name[] = "/tmp/unknot-test-XXXXXX";
    int file = mkstemp(name);

    must_be(file >= 0 && ftruncate(file, SHARED_BYTES) == 0, "a file");
    unlink(name);
    shared = map_shared(file);
    again = map_shared(file);
    must_be(shared != again, "two addresses");
    init_a(shared);
    init_b(shared);
    RUN_IN_TURN(a_then_b, b_then_a);
    return 0;
}
