/* Every call that makes a descriptor gives the lowest free number, before, between and after locks
 * and threads: the shim takes none below 1024 and gives none to anybody. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static void list(void)
{
    for (int number = 0; number < 1024; number++) {
        int flags = fcntl(number, F_GETFD);
        if (flags != -1)
            fact_say("  open: %d, flags %d", number, flags);
    }
}

static void make_each_sort(int lowest)
{
    int ends[2], sockets[2];
    FACT_VALUE(lowest, open("/dev/null", O_RDONLY));
    FACT_VALUE(0, pipe(ends));
    FACT_VALUE(lowest + 1, ends[0]);
    FACT_VALUE(lowest + 2, ends[1]);
    FACT_VALUE(lowest + 3, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    FACT_VALUE(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets));
    FACT_VALUE(lowest + 5, sockets[1]);
    FACT_VALUE(lowest + 6, dup(1));
    FACT_VALUE(lowest + 7, epoll_create1(EPOLL_CLOEXEC));
    FACT_VALUE(lowest + 8, eventfd(0, 0));
    FACT_VALUE(lowest + 9, memfd_create("memory", 0));
    FACT_VALUE(lowest + 10, fcntl(0, F_DUPFD, lowest));
    FACT_VALUE(1000, dup2(0, 1000));
    list();
}

static void *nest_locks(void *unused)
{
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&second);
    pthread_mutex_unlock(&second);
    pthread_mutex_unlock(&first);
    return unused;
}

static int make_in_thread(void *lowest)
{
    nest_locks(NULL);
    make_each_sort((int)(long)lowest);
    return 0;
}

int main(void)
{
    list();
    make_each_sort(3);
    nest_locks(NULL);
    make_each_sort(14);
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, nest_locks, NULL);
        pthread_join(thread, NULL);
    }
    FACT_VALUE(0, fact_elsewhere(make_in_thread, (void *)25L));
    FACT_CALL(0, close(5));
    FACT_CALL(0, close(0));
    nest_locks(NULL);
    FACT_VALUE(0, open("/dev/null", O_RDONLY));
    FACT_VALUE(5, open("/dev/null", O_RDONLY));
    list();
    return fact_status();
}
