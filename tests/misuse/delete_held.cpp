/* An object is deleted while its std::mutex is held.
 * misuse: free-held in=bad,main
 * silent: fixed */
#include <mutex>

#include "tests/misuse/misuse.h"

namespace
{
struct Account {
    std::mutex lock;
    int money = 0;
};

void bad()
{
    auto *account = new Account;
    account->lock.lock();
    account->money++;
    delete account;
}

void fixed()
{
    auto *account = new Account;
    {
        std::lock_guard<std::mutex> guard(account->lock);
        account->money++;
    }
    delete account;
}
} // namespace

VARIANTS({"bad", bad}, {"fixed", fixed})
