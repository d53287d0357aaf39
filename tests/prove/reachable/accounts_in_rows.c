/* One thread passes an amount up a row of accounts, the other one down: each takes two neighbours
 * at a time, always at the same place in the program, and only one of many pairs is that of the
 * other at the right time.
 * verdict: finding locks=row* */
#include "tests/prove/prove.h"

#define ACCOUNTS 12

struct account {
    pthread_mutex_t lock;
    long balance; /* protected by lock */
};

static struct account row[ACCOUNTS];

static NOINLINE void transfer(struct account *from, struct account *to, long amount)
{
    lock(&from->lock);
    lock(&to->lock);
    from->balance -= amount;
    to->balance += amount;
    unlock(&to->lock);
    unlock(&from->lock);
}

static void pass_up(void)
{
    for (int i = 0; i + 1 < ACCOUNTS; i++)
        transfer(&row[i], &row[i + 1], 1);
}

static void pass_down(void)
{
    for (int i = ACCOUNTS - 1; i > 0; i--)
        transfer(&row[i], &row[i - 1], 1);
}

int main(void)
{
    long sum = 0;

    for (int i = 0; i < ACCOUNTS; i++) {
        must(pthread_mutex_init(&row[i].lock, NULL), "pthread_mutex_init");
        row[i].balance = i;
    }
    RUN_APART(APART_MS, pass_up, pass_down);
    for (int i = 0; i < ACCOUNTS; i++)
        sum += row[i].balance * (i + 1);
    return finish(sum, 572);
}
