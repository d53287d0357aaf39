// A program that dies of an uncaught exception dies the same way: message, signal or exit status.
#include "tests/invisible/fact.h"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace
{

std::mutex mutex;

void throw_locked()
{
    std::lock_guard<std::mutex> lock(mutex);
    throw std::runtime_error("nobody catches this");
}

void throw_where_forbidden() noexcept
{
    throw_locked();
}

void exit_instead()
{
    fact_say("terminate handler");
    std::_Exit(23);
}

} // namespace

int main(int, char **arguments)
{
    const char *way = arguments[1];
    fact_say("way: %s", way);
    if (strcmp(way, "main") == 0)
        throw_locked();
    if (strcmp(way, "noexcept") == 0)
        throw_where_forbidden();
    if (strcmp(way, "handler") == 0)
        std::set_terminate(exit_instead);
    std::thread(throw_locked).join();
    return 0;
}
