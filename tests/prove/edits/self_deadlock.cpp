/* A thread takes a std::mutex that it holds.
 * complete: recursive-lock */
#include <cstdio>
#include <mutex>
#include <thread>

namespace
{
std::mutex log_lock;

void write_line(const char *line)
{
    std::lock_guard<std::mutex> guard(log_lock);
    std::printf("%s\n", line);
}

void write_all()
{
    std::lock_guard<std::mutex> guard(log_lock);
    write_line("one");
    write_line("two");
}
} // namespace

int main()
{
    std::thread writer(write_all);
    writer.join();
    return 0;
}
