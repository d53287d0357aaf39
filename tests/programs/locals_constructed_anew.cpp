/* As locals_on_reused_stack, but from one call site in a loop, and the thread calls nothing that we
 * see between the two pairs: only their construction tells that they are other locks.
 * verdict: clean */
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
    void (*const uses[])() = {lend_to_the_other_thread, nest_in_the_other_order};
    void *places[2];

    for (int i = 0; i < 2; i++)
        places[i] = use_local_pair(uses[i]);
    must_be(places[0] == places[1], "both pairs lie at one address");
}

int main()
{
    RUN_IN_TURN(own_two_pairs, nest_the_lent_pair);
    puts("done");
    return 0;
}
