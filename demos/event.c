/* An event, and four ways to wait for it.
 *
 * Nothing wrong. Polling a flag wastes time and comes late; waiting wakes up when it happens;
 * waiting with a timeout does not wait for ever; and who has tried three times may give up.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include "demos/demo.h"

#define FOREVER (-1L)

struct event {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool set; /* protected by lock */
};

static struct event dinner = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
static struct event dessert = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};

static void event_set(struct event *event)
{
    pthread_mutex_lock(&event->lock);
    event->set = true;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->lock);
}

/* Waits at most so many milliseconds, or FOREVER; with 0 it only looks. */
static bool event_wait(struct event *event, long most_ms)
{
    struct timespec end;
    int error = 0;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += (end.tv_nsec + most_ms * 1000000) / 1000000000;
    end.tv_nsec = (end.tv_nsec + most_ms * 1000000) % 1000000000;
    pthread_mutex_lock(&event->lock);
    while (!event->set && error == 0)
        error = most_ms == FOREVER ? pthread_cond_wait(&event->changed, &event->lock)
                                   : pthread_cond_timedwait(&event->changed, &event->lock, &end);
    bool set = event->set;
    pthread_mutex_unlock(&event->lock);
    return set;
}

static void *poll_it(void *unused)
{
    (void)unused;
    while (!event_wait(&dinner, 0))
        usleep(10000);
    printf("poll: saw it at last\n");
    return NULL;
}

static void *wait_for_it(void *unused)
{
    (void)unused;
    event_wait(&dinner, FOREVER);
    printf("wait: woken\n");
    return NULL;
}

static void *wait_a_while(void *unused)
{
    (void)unused;
    printf("wait with a timeout: %s\n", event_wait(&dinner, 60000) ? "it came" : "too late");
    return NULL;
}

static void *give_up(void *unused)
{
    (void)unused;
    for (int attempt = 1; attempt <= 3; attempt++) {
        if (event_wait(&dessert, 50))
            return NULL;
        printf("attempt %d: no dessert\n", attempt);
    }
    printf("gave up\n");
    return NULL;
}

int main(void)
{
    void *(*const guests[])(void *) = {poll_it, wait_for_it, wait_a_while, give_up};
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        demo_must(pthread_create(&threads[i], NULL, guests[i], NULL), "start a thread");
    usleep(100000);
    printf("main: dinner is ready\n");
    event_set(&dinner);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
