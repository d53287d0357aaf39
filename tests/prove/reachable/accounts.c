/* Locks of one class nested in each other: a transfer takes the account it is from, then the one it
 * is to. Two transfers go the opposite ways between two accounts.
 * verdict: finding locks=mutex?created?at?open_account* */
#include "tests/prove/prove.h"

struct account {
    pthread_mutex_t lock;
    long balance; /* protected by lock */
};

static struct account *alice, *bob;

static NOINLINE struct account *open_account(long balance)
{
    struct account *account = (struct account *)malloc(sizeof *account);

    must_be(account != NULL, "malloc works");
    must(pthread_mutex_init(&account->lock, NULL), "pthread_mutex_init");
    account->balance = balance;
    return account;
}

static NOINLINE void transfer(struct account *from, struct account *to, long amount)
{
    lock(&from->lock);
    lock(&to->lock);
    from->balance -= amount;
    to->balance += amount;
    unlock(&to->lock);
    unlock(&from->lock);
}

static void alice_pays(void)
{
    transfer(alice, bob, 10);
}

static void bob_pays(void)
{
    transfer(bob, alice, 3);
}

int main(void)
{
    alice = open_account(100);
    bob = open_account(100);
    RUN_APART(APART_MS, alice_pays, bob_pays);
    return finish(alice->balance * 1000 + bob->balance, 93107);
}
