/* A timer's handler locks mutexes of its own, every 500 us, while the main code and a second thread
 * hammer others: counts stay exact, errno is what the interrupted code had, nothing hangs. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

enum { LOCKS = 8, TICKS = 400 };

static pthread_mutex_t hammered[LOCKS], handlers_own[2];
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphore;
static volatile sig_atomic_t ticks, posted, bad_in_handler;
static atomic_int stop, bad_errno;
static long counter[LOCKS];

static void handle(int number)
{
    int before = errno;
    bad_in_handler += pthread_mutex_lock(&handlers_own[0]) != 0;
    bad_in_handler += pthread_mutex_lock(&handlers_own[1]) != 0;
    bad_in_handler += number != SIGALRM;
    ticks++;
    posted += sem_post(&semaphore) == 0;
    bad_in_handler += pthread_mutex_unlock(&handlers_own[1]) != 0;
    bad_in_handler += pthread_mutex_unlock(&handlers_own[0]) != 0;
    bad_in_handler += errno != before;
}

static long hammer(void)
{
    long rounds = 0;
    errno = FACT_ERRNO;
    for (; !atomic_load(&stop); rounds++) {
        for (int i = 0; i < LOCKS; i++) {
            pthread_mutex_lock(&hammered[i]);
            counter[i]++;
        }
        for (int i = LOCKS; i-- > 0;)
            pthread_mutex_unlock(&hammered[i]);
        pthread_rwlock_rdlock(&shared);
        pthread_rwlock_unlock(&shared);
        if (ticks >= TICKS)
            atomic_store(&stop, 1);
    }
    if (errno != FACT_ERRNO)
        atomic_fetch_add(&bad_errno, 1);
    return rounds;
}

static void *hammer_in_thread(void *unused)
{
    (void)unused;
    sigset_t alarm_only;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
    return (void *)hammer();
}

int main(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    pthread_t thread;
    void *others;
    int value, wrong_counters = 0;
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&hammered[i], NULL);
    for (int i = 0; i < 2; i++)
        pthread_mutex_init(&handlers_own[i], NULL);
    sem_init(&semaphore, 0, 0);
    pthread_create(&thread, NULL, hammer_in_thread, NULL);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    long own = hammer();
    setitimer(ITIMER_REAL, &never, NULL);
    pthread_join(thread, &others);
    for (int i = 0; i < LOCKS; i++)
        wrong_counters += counter[i] != own + (long)others;
    sem_getvalue(&semaphore, &value);
    FACT_VALUE(0, wrong_counters);
    FACT_VALUE(0, bad_in_handler);
    FACT_VALUE(0, bad_errno);
    FACT_VALUE(1, value == posted && posted == ticks);
    return fact_status();
}
