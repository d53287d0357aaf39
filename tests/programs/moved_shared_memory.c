/* mremap moves a shared mapping: its mutexes are the same locks at new addresses.
 * verdict: finding locks=mutex*init_a*,mutex*init_b*
 * step: holds=*init_a* requests=*init_b* in=a_then_b
 * step: holds=*init_b* requests=*init_a* in=b_then_a */
#include "tests/programs/processes.h"

static NOINLINE void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

static void move(void)
{
    struct shared *target = map_shared(-1);

    must_be(mremap(shared, SHARED_BYTES, SHARED_BYTES, MREMAP_MAYMOVE | MREMAP_FIXED, target) ==
                target,
            "mremap");
    shared = target;
}

static NOINLINE void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    RUN_IN_TURN(a_then_b, move, b_then_a);
    return 0;
}
