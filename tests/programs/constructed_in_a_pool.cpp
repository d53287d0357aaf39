/* Two mutexes of a pool are constructed, used and, with neither destroy nor free to be seen,
 * constructed again in the same place. The second pair is nested in the other order by another
 * thread, but they are other locks.
 * verdict: clean */
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

static void construct_again_and_nest_in_the_other_order()
{
    in_use->~pair();
    in_use = new (pool) pair;
    std::lock_guard<std::mutex> outer(in_use->second);
    std::lock_guard<std::mutex> inner(in_use->first);
}

int main()
{
    RUN_IN_TURN(construct_and_nest, construct_again_and_nest_in_the_other_order);
    puts("done");
    return 0;
}
