/* As locals_constructed_anew, with a std::recursive_mutex and a std::shared_mutex.
 * verdict: clean */
#include <mutex>
#include <shared_mutex>
#include <utility>
#include "tests/programs/support.h"

struct locks {
    std::recursive_mutex recursive;
    std::shared_mutex shared;
};

static locks *lent; /* the pair in use */

static void nest_the_lent_pair()
{
    std::lock_guard<std::recursive_mutex> outer(lent->recursive);
    std::lock_guard<std::shared_mutex> inner(lent->shared);
}

static void lend_to_the_other_thread()
{
    end_turn();
    wait_for_turn(2);
}

static void nest_in_the_other_order()
{
    std::lock_guard<std::shared_mutex> outer(lent->shared);
    std::lock_guard<std::recursive_mutex> inner(lent->recursive);
}

static NOINLINE void *use_local_pair(void (*use)())
{
    locks pair;

    lent = &pair;
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
