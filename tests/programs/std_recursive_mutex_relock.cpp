/* std::recursive_mutex, taken again under another mutex that is always taken under it.
 * verdict: clean */
#include <mutex>
#include "tests/programs/support.h"

static std::recursive_mutex lock_a;
static std::mutex lock_b;

static void a_then_b_then_a()
{
    std::lock_guard<std::recursive_mutex> outer(lock_a);
    std::lock_guard<std::mutex> inner(lock_b);
    std::lock_guard<std::recursive_mutex> again(lock_a);
}

int main()
{
    RUN_IN_TURN(a_then_b_then_a, a_then_b_then_a);
    puts("done");
    return 0;
}
