/* Under a small RLIMIT_FSIZE the program's own writes stop where they would have, with its own
 * SIGXFSZ and EFBIG; nothing else sends that signal. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LOCKS = 500 };

static volatile sig_atomic_t signals;
static pthread_mutex_t locks[LOCKS];

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static int use_many_locks(void *unused)
{
    (void)unused;
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_lock(&locks[i]);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_unlock(&locks[i]);
    return 0;
}

int main(void)
{
    static char block[1024];
    struct rlimit limit;
    long written = 0;
    getrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, count_signal);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&locks[i], NULL);
    for (int i = 0; i < 10; i++)
        FACT_VALUE(0, fact_elsewhere(use_many_locks, NULL));
    FACT_VALUE(0, signals);
    FACT_VALUE(3, open("data", O_WRONLY | O_CREAT, 0600));
    while (written < 1L << 20 && write(3, block, sizeof block) == sizeof block)
        written += sizeof block;
    FACT_VALUE((long)limit.rlim_cur, written);
    FACT_CALL(EFBIG, write(3, block, sizeof block));
    FACT_VALUE(2, signals);
    FACT_VALUE(0, fact_elsewhere(use_many_locks, NULL));
    FACT_VALUE(2, signals);
    return fact_status();
}
