// Hangs of C++, each in one way: hang_cpp CASE. See hang.c.
#include <cstdio>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <thread>

namespace bank {
std::mutex lock_A;
std::mutex lock_B;
std::shared_mutex catalogue;
std::shared_mutex prices;
pthread_barrier_t together;

void f1()
{
    std::lock_guard<std::mutex> first(lock_A);
    pthread_barrier_wait(&together);
    std::lock_guard<std::mutex> second(lock_B);
}

void f2()
{
    std::lock_guard<std::mutex> first(lock_B);
    pthread_barrier_wait(&together);
    std::lock_guard<std::mutex> second(lock_A);
}

void mutexes()
{
    std::thread one(f1), other(f2);
    one.join();
}

void shared_mutexes()
{
    std::thread one([] {
        std::unique_lock<std::shared_mutex> first(catalogue);
        pthread_barrier_wait(&together);
        std::shared_lock<std::shared_mutex> second(prices);
    });
    std::thread other([] {
        std::unique_lock<std::shared_mutex> first(prices);
        pthread_barrier_wait(&together);
        std::unique_lock<std::shared_mutex> second(catalogue);
    });
    one.join();
}

struct Logger {
    Logger()
    {
        pthread_barrier_wait(&together);
        std::lock_guard<std::mutex> guard(lock_A);
    }
};

Logger &logger()
{
    static Logger the_logger;
    return the_logger;
}

// One thread runs the constructor, which wants lock_A; the other has that and wants the logger.
void static_guard()
{
    std::thread one([] { logger(); });
    std::lock_guard<std::mutex> guard(lock_A);
    pthread_barrier_wait(&together);
    logger();
}
} // namespace bank

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)();
    } cases[] = {{"mutexes", bank::mutexes},
                 {"shared_mutexes", bank::shared_mutexes},
                 {"static_guard", bank::static_guard}};
    pthread_barrier_init(&bank::together, nullptr, 2);
    for (const auto &one : cases) {
        if (argc == 2 && std::strcmp(argv[1], one.name) == 0) {
            one.run();
            return 0;
        }
    }
    std::fprintf(stderr, "usage: hang_cpp CASE\n");
    return 2;
}
