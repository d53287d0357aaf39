#include "bench/std_mutex.h"

#include <mutex>

static std::mutex mutex;

void std_mutex_pairs(size_t pairs)
{
    for (size_t i = 0; i < pairs; i++)
        std::lock_guard<std::mutex> guard(mutex);
}
