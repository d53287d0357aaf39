/* The thread that will signal waits in epoll for a timer.
 * verdict: silent */
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void wait_for_change(void)
{
    lock(&lock_a);
    while (!is_changed)
        must(pthread_cond_wait(&changed, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

static void change(void)
{
    lock(&lock_a);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&lock_a);
}

static void change_when_polled(void)
{
    const struct itimerspec in_a_while = {.it_value.tv_nsec = 300000000};
    struct epoll_event event = {.events = EPOLLIN};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    int poll = epoll_create1(0);

    must_be(timer >= 0 && poll >= 0, "there is a timer and an epoll");
    must(timerfd_settime(timer, 0, &in_a_while, NULL), "timerfd_settime");
    must(epoll_ctl(poll, EPOLL_CTL_ADD, timer, &event), "epoll_ctl");
    must_be(epoll_wait(poll, &event, 1, -1) == 1, "the timer ends");
    change();
    close(poll);
    close(timer);
}

int main(void)
{
    RUN_TOGETHER(change_when_polled, wait_for_change);
    return end();
}
