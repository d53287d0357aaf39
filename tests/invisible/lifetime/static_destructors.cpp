// Static objects that lock and join threads in constructors and destructors, and a static local
// that is made while another one is being made.
#include "tests/invisible/fact.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace
{

std::mutex mutex;

// A worker thread owned by a static object: started before main, joined after it.
class Worker
{
    std::mutex own;
    std::condition_variable changed;
    int requested = 0, done = 0;
    bool ending = false;
    std::thread thread;

    void work()
    {
        std::unique_lock<std::mutex> lock(own);
        while (!ending || done < requested) {
            if (done < requested) {
                std::lock_guard<std::mutex> other(mutex);
                done++;
                changed.notify_all();
            } else {
                changed.wait(lock);
            }
        }
    }

  public:
    Worker() : thread(&Worker::work, this)
    {
        fact_say("worker started");
    }
    int request(int count)
    {
        std::unique_lock<std::mutex> lock(own);
        requested += count;
        changed.notify_all();
        changed.wait(lock, [this] { return done == requested; });
        return done;
    }
    ~Worker()
    {
        FACT_VALUE(9, request(2));
        {
            std::lock_guard<std::mutex> lock(own);
            ending = true;
        }
        changed.notify_all();
        thread.join();
        fact_say("worker joined");
    }
};

Worker worker;

struct Inner {
    Inner()
    {
        std::lock_guard<std::mutex> lock(mutex);
        fact_say("inner made");
    }
    ~Inner()
    {
        FACT_VALUE(7, worker.request(1));
    }
};

struct Outer {
    Inner &inner;
    static Inner &make()
    {
        static Inner made;
        return made;
    }
    Outer() : inner(make())
    {
        fact_say("outer made");
    }
    ~Outer()
    {
        FACT_VALUE(6, worker.request(1));
    }
};

Outer &outer()
{
    static Outer made;
    return made;
}

} // namespace

int main()
{
    FACT_VALUE(5, worker.request(5));
    outer();
    std::thread([] { outer(); }).join();
    return fact_status();
}
