/* One process maps a file twice and takes the mutexes in it in one order, at each address and with
 * an address of each.
 * verdict: clean */
#include "tests/programs/processes.h"

static struct shared *again;

static void at_one(void)
{
    nest(&shared->a, &shared->b);
}

static void at_the_other(void)
{
    nest(&again->a, &again->b);
}

static void at_both(void)
{
    nest(&again->a, &shared->b);
}

int main(void)
{
    char name[] = "/tmp/unknot-test-XXXXXX";
    int file = mkstemp(name);

    must_be(file >= 0 && ftruncate(file, SHARED_BYTES) == 0, "a file");
    unlink(name);
    shared = map_shared(file);
    again = map_shared(file);
    init_a(shared);
    init_b(shared);
    RUN_IN_TURN(at_one, at_the_other, at_both);
    return 0;
}
