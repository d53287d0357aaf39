/* Locks of an array have names only because the program gives them some, one before and one after
 * its first use; the order it declares is broken by one of the two steps.
 * verdict: finding locks=accounts,journal
 * step: holds=journal requests=accounts in=journal_first */
#include <mutex>

#include "include/unknot/unknot.h"
#include "tests/programs/support.h"

static std::mutex *locks;

static void accounts_first()
{
    std::lock_guard<std::mutex> accounts(locks[0]);
    std::lock_guard<std::mutex> journal(locks[1]);
    unknot_lock_name(&locks[1], "journal");
}

static void journal_first()
{
    std::lock_guard<std::mutex> journal(locks[1]);
    std::lock_guard<std::mutex> accounts(locks[0]);
}

int main()
{
    locks = new std::mutex[2];
    unknot_lock_name(&locks[0], "accounts");
    unknot_lock_order(&locks[0], &locks[1]);
    RUN_IN_TURN(accounts_first, journal_first);
    puts("done");
    return 0;
}
