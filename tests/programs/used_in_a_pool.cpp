/* Two mutexes of a pool, constructed once and then nested in both orders: the twin of
 * constructed_in_a_pool.
 * verdict: finding locks=* */
#include <mutex>
#include <new>
#include "tests/programs/support.h"

struct pair {
    std::mutex first, second;
};

alignas(pair) static unsigned char pool[sizeof(pair)];
static pair *in_use;

static void construct_and_nest()
{
    in_use = new (pool) pair;
    std::lock_guard<std::mutex> outer(in_use->first);
    std::lock_guard<std::mutex> inner(in_use->second);
}

static void nest_in_the_other_order()
{
    std::lock_guard<std::mutex> outer(in_use->second);
    std::lock_guard<std::mutex> inner(in_use->first);
}

int main()
{
    RUN_IN_TURN(construct_and_nest, nest_in_the_other_order);
    puts("done");
    return 0;
}
