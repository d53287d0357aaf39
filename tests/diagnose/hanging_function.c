/* Two functions for SQL that hang the mariadbd that they are loaded into: two sessions that call
 * one each take two of the server's own mutexes in opposite orders. */
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

/* The server's; what it adds to them comes behind the pthread mutex. */
extern pthread_mutex_t LOCK_crypt, LOCK_item_func_sleep;

static int arrived;

static void wait_for_the_other(void)
{
    __atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < 2) {
        usleep(1000);
    }
}

static long long take(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    wait_for_the_other();
    pthread_mutex_lock(second);
    return 0;
}

#define SQL_FUNCTION(name, first, second)                                                          \
    bool name##_init(void *, void *, char *);                                                      \
    long long name(void *, void *, char *, char *);                                                \
    EXPORTED bool name##_init(void *init, void *arguments, char *message)                          \
    {                                                                                              \
        (void)init, (void)arguments, (void)message;                                                \
        return false;                                                                              \
    }                                                                                              \
    EXPORTED long long name(void *init, void *arguments, char *is_null, char *error)               \
    {                                                                                              \
        (void)init, (void)arguments, (void)is_null, (void)error;                                   \
        return take(&first, &second);                                                              \
    }

SQL_FUNCTION(crypt_then_sleep, LOCK_crypt, LOCK_item_func_sleep)
SQL_FUNCTION(sleep_then_crypt, LOCK_item_func_sleep, LOCK_crypt)
