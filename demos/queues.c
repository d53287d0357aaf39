/* Three queues: first in first out, last in first out, smallest first.
 *
 * Nothing wrong: a consumer waits, under the queue's lock, until the condition says that there is
 * something, and looks again when it wakes (`while`, not `if`). The three differ only in what they
 * take next.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

#define ITEMS 4

enum order { FIFO, LIFO, PRIORITY };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    enum order order;
    int items[ITEMS], count; /* protected by lock */
};

static int next_of(const struct queue *queue)
{
    int next = queue->order == LIFO ? queue->count - 1 : 0;

    for (int i = 1; queue->order == PRIORITY && i < queue->count; i++) {
        if (queue->items[i] < queue->items[next])
            next = i;
    }
    return next;
}

static void put_all(struct queue *queue, const int *items)
{
    pthread_mutex_lock(&queue->lock);
    memcpy(queue->items, items, sizeof queue->items);
    queue->count = ITEMS;
    pthread_cond_broadcast(&queue->not_empty);
    pthread_mutex_unlock(&queue->lock);
}

static int take(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0)
        pthread_cond_wait(&queue->not_empty, &queue->lock);
    int next = next_of(queue);
    int item = queue->items[next];
    queue->count--;
    memmove(&queue->items[next], &queue->items[next + 1],
            sizeof queue->items[0] * (size_t)(queue->count - next));
    pthread_mutex_unlock(&queue->lock);
    return item;
}

static void *consume(void *queue)
{
    int first = take(queue), second = take(queue), third = take(queue), fourth = take(queue);

    printf("came out %d %d %d %d\n", first, second, third, fourth);
    return NULL;
}

int main(void)
{
    static const char *const titles[] = {"FIFO", "LIFO", "priority"};
    static const int items[ITEMS] = {3, 1, 4, 2};

    for (enum order order = FIFO; order <= PRIORITY; order++) {
        struct queue queue = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, order, {0}, 0};
        pthread_t consumer;

        demo_must(pthread_create(&consumer, NULL, consume, &queue), "start the consumer");
        printf("%s: went in 3 1 4 2\n", titles[order]);
        put_all(&queue, items);
        pthread_join(consumer, NULL);
    }
    return 0;
}
