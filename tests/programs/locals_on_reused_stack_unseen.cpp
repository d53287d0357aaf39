/* A limit: as locals_on_reused_stack, but the thread calls nothing that we see between the two
 * pairs. In truth they are other locks and the program is clean; to us they are the same two.
 * verdict: finding locks=* */
#include <mutex>
#include <utility>
#include "tests/programs/support.h"

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
    void *second = use_local_pair(nest_in_the_other_order);

    must_be(first == second, "both pairs lie at one address");
}

int main()
{
    RUN_IN_TURN(own_two_pairs, nest_the_lent_pair);
    puts("done");
    return 0;
}
