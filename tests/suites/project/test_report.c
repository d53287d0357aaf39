#include <pthread.h>
#include "bank.h"

static void *report(void *unused)
{
    (void)unused;
    return bank_report() == 0 ? (void *)0 : (void *)1;
}

int main(void)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, 0, report, 0) != 0 || pthread_join(thread, &result) != 0) {
        return 1;
    }
    return result != 0;
}
