/* Local mutexes of one call and of the next: the second pair has the addresses of the first and is
 * nested in the other order, but they are other locks. In between the thread takes another lock
 * where both calls are made, so its stack is seen to have been above the first pair.
 * verdict: clean */
#include <mutex>
#include <utility>
#include "tests/programs/support.h"

static std::mutex progress;
static std::mutex *lent; /* the pair in use */

static void nest_the_lent_pair()
{
    std::lock_guard<std::mutex> outer(lent[0]);
    std::lock_guard<std::mutex> inner(lent[1]);
}

static void lend_to_the_other_thread()
{
    end_turn();
    wait_for_turn(2);
}

static void nest_in_the_other_order()
{
    std::lock_guard<std::mutex> outer(lent[1]);
    std::lock_guard<std::mutex> inner(lent[0]);
}

static NOINLINE void *use_local_pair(void (*use)())
{
    std::mutex pair[2];

    lent = pair;
    use();
    return std::exchange(lent, nullptr);
}

static void own_two_pairs()
{
    void *first = use_local_pair(lend_to_the_other_thread);
    progress.lock();
    progress.unlock();
    void *second = use_local_pair(nest_in_the_other_order);

    must_be(first == second, "both pairs lie at one address");
}

int main()
{
    RUN_IN_TURN(own_two_pairs, nest_the_lent_pair);
    puts("done");
    return 0;
}
