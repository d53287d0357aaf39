/* std::mutex in objects of new and delete: neither is initialised nor destroyed by a call. The
 * second pair of objects has the addresses of the first, swapped, and is nested in its own one
 * order.
 * verdict: clean */
#include <mutex>
#include "tests/programs/support.h"

struct account {
    std::mutex lock;
    long balance = 0;
};

static account *payer;
static account *payee;

static void transfer()
{
    std::lock_guard<std::mutex> first(payer->lock);
    std::lock_guard<std::mutex> second(payee->lock);

    payer->balance--;
    payee->balance++;
}

static void close_and_open_accounts()
{
    void *const old_payer = payer;
    void *const old_payee = payee;

    delete payer;
    delete payee;
    payer = new account;
    payee = new account;
    must_be(payer == old_payee && payee == old_payer, "deleted memory is used again");
}

int main()
{
    payer = new account;
    payee = new account;
    RUN_IN_TURN(transfer, close_and_open_accounts, transfer);
    puts("done");
    return 0;
}
