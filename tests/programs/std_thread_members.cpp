/* Members of objects in a vector, locked by std::thread with lambdas and a template.
 * verdict: finding locks=*
 * step: in=*transfer<int>*
 * step: in=*transfer<long>* */
#include <mutex>
#include <thread>
#include <vector>
#include "tests/programs/support.h"

namespace bank
{
struct account {
    std::mutex lock;
    long balance = 0;
};

template <typename amount_type>
NOINLINE void transfer(account &payer, account &payee, amount_type amount)
{
    std::lock_guard<std::mutex> first(payer.lock);
    std::lock_guard<std::mutex> second(payee.lock);

    payer.balance -= amount;
    payee.balance += amount;
}
} // namespace bank

int main()
{
    std::vector<bank::account> accounts(2);
    std::thread first([&accounts] {
        bank::transfer<int>(accounts[0], accounts[1], 10);
        end_turn();
    });
    std::thread second([&accounts] {
        wait_for_turn(1);
        bank::transfer<long>(accounts[1], accounts[0], 20);
    });

    first.join();
    second.join();
    std::printf("balance %ld\n", accounts[0].balance);
    return 0;
}
