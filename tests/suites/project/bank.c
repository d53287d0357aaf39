#include "bank.h"

#include <pthread.h>

static pthread_mutex_t accounts_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t audit_lock = PTHREAD_MUTEX_INITIALIZER;
static int accounts[2], entries;

void bank_deposit(int amount)
{
    pthread_mutex_lock(&accounts_lock);
    accounts[0] += amount;
    pthread_mutex_unlock(&accounts_lock);
}

void bank_transfer(int amount)
{
    pthread_mutex_lock(&accounts_lock);
    accounts[0] -= amount;
    accounts[1] += amount;
    pthread_mutex_lock(&audit_lock);
    entries++;
    pthread_mutex_unlock(&audit_lock);
    pthread_mutex_unlock(&accounts_lock);
}

int bank_report(void)
{
    pthread_mutex_lock(&audit_lock);
    pthread_mutex_lock(&accounts_lock);
    int sum = accounts[0] + accounts[1] + entries;
    pthread_mutex_unlock(&accounts_lock);
    pthread_mutex_unlock(&audit_lock);
    return sum;
}
