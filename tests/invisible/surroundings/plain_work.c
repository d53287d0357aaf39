/* Ordinary threaded work: four threads pass numbers through a bounded queue, use a reader-writer
 * lock, and a child does so too. With "clear" the environment is emptied first, with "twice" the
 * threads work once more after the end of the input. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ITEMS = 2000, ROOM = 8, CONSUMERS = 3 };

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full;
    int items[ROOM], count, first;
} queue = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, 0, 0};

static pthread_rwlock_t totals_lock = PTHREAD_RWLOCK_INITIALIZER;
static long total;

static void put(int item)
{
    pthread_mutex_lock(&queue.mutex);
    while (queue.count == ROOM)
        pthread_cond_wait(&queue.not_full, &queue.mutex);
    queue.items[(queue.first + queue.count++) % ROOM] = item;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&queue.mutex);
}

static int get(void)
{
    pthread_mutex_lock(&queue.mutex);
    while (queue.count == 0)
        pthread_cond_wait(&queue.not_empty, &queue.mutex);
    int item = queue.items[queue.first];
    queue.first = (queue.first + 1) % ROOM;
    queue.count--;
    pthread_cond_signal(&queue.not_full);
    pthread_mutex_unlock(&queue.mutex);
    return item;
}

static void *consume(void *unused)
{
    for (int item = get(); item >= 0; item = get()) {
        pthread_rwlock_wrlock(&totals_lock);
        total += item;
        pthread_rwlock_unlock(&totals_lock);
    }
    return unused;
}

static long work(void)
{
    pthread_t consumers[CONSUMERS];
    total = 0;
    for (int i = 0; i < CONSUMERS; i++)
        if (pthread_create(&consumers[i], NULL, consume, NULL) != 0)
            return -1;
    for (int i = 0; i < ITEMS; i++)
        put(i);
    for (int i = 0; i < CONSUMERS; i++)
        put(-1);
    for (int i = 0; i < CONSUMERS; i++)
        pthread_join(consumers[i], NULL);
    return total;
}

static void show_limits(void)
{
    static const __rlimit_resource_t which[] = {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS,
                                                RLIMIT_STACK, RLIMIT_CORE};
    for (size_t i = 0; i < sizeof which / sizeof *which; i++) {
        struct rlimit limit;
        getrlimit(which[i], &limit);
        fact_say("limit %d: %llu %llu", (int)which[i], (unsigned long long)limit.rlim_cur,
                 (unsigned long long)limit.rlim_max);
    }
}

int main(int argc, char **arguments)
{
    if (argc > 1 && strcmp(arguments[1], "clear") == 0)
        clearenv();
    show_limits();
    FACT_VALUE(ITEMS * (ITEMS - 1L) / 2, work());
    if (argc > 1 && strcmp(arguments[1], "twice") == 0) {
        char byte;
        FACT_VALUE(0, read(0, &byte, 1));
        FACT_VALUE(ITEMS * (ITEMS - 1L) / 2, work());
    }
    pid_t child = fork();
    if (child == 0)
        exit(work() == ITEMS * (ITEMS - 1L) / 2 ? 3 : 4);
    FACT_VALUE(3 << 8, fact_child_end("child", child));
    for (int number = 0; number < 1024; number++)
        if (fcntl(number, F_GETFD) != -1)
            fact_say("open: %d", number);
    return fact_status();
}
