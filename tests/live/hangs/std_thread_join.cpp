/* std::thread::join under the std::mutex that the thread needs.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=end?of?* in=join_under_a
 * wait: wants=lock_a in=take_a */
#include <mutex>
#include <thread>
#include "tests/live/live.h"

static std::mutex lock_a;

static void take_a()
{
    always_meet(2);
    std::lock_guard<std::mutex> guard(lock_a);
}

static NOINLINE void join_under_a()
{
    std::thread thread(take_a);
    std::unique_lock<std::mutex> held(lock_a);

    always_meet(2);
    if (is_fixed)
        held.unlock();
    thread.join();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    join_under_a();
    return end();
}
