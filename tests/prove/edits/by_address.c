/* Two locks of one type, in the order of the arguments.
 * complete: reorder gate-lock */
#include <pthread.h>
#include "demos/demo.h"

struct account {
    pthread_mutex_t lock;
    int balance;
};

static struct account *accounts[2];

static void transfer(struct account *from, struct account *to, int amount)
{
    pthread_mutex_lock(&from->lock);
    pthread_mutex_lock(&to->lock);
    from->balance -= amount;
    to->balance += amount;
    pthread_mutex_unlock(&to->lock);
    pthread_mutex_unlock(&from->lock);
}

static void *forth(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    transfer(accounts[0], accounts[1], 10);
    demo_end_turn();
    return NULL;
}

static void *back(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    transfer(accounts[1], accounts[0], 5);
    demo_end_turn();
    return NULL;
}

static struct account *open_account(void)
{
    struct account *account = calloc(1, sizeof *account);

    if (account == NULL)
        exit(EXIT_FAILURE);
    pthread_mutex_init(&account->lock, NULL);
    return account;
}

int main(void)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        accounts[i] = open_account();
    demo_must(pthread_create(&threads[0], NULL, forth, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, back, NULL), "start a thread");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d %d\n", accounts[0]->balance, accounts[1]->balance);
    return 0;
}
