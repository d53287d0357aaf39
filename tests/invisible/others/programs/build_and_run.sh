#!/bin/sh
# g++ (driver, compiler, assembler, linker all watched) builds a threaded program, which then runs.
set -eu
cat >work.cc <<'END'
#include <future>
#include <iostream>
#include <mutex>
#include <shared_mutex>
#include <vector>
std::mutex total_mutex;
std::shared_mutex table_mutex;
long total, table[4];
int main()
{
    std::vector<std::future<int>> jobs;
    for (int i = 0; i < 64; i++)
        jobs.push_back(std::async(std::launch::async, [i] {
            std::scoped_lock both(total_mutex, table_mutex);
            total += i;
            table[i % 4]++;
            return i;
        }));
    int sum = 0;
    for (auto &job : jobs)
        sum += job.get();
    std::shared_lock reader(table_mutex);
    std::cout << sum << ' ' << total << ' ' << table[3] << std::endl;
    return 3;
}
END
g++ -std=c++17 -O1 -pthread -pipe -o work work.cc
status=0
./work || status=$?
g++ -c no_such_file.cc || echo "g++ failed as it should"
rm work work.cc
exit $status
