/* Threads allocate, resize, hand over and free blocks under locks that lie in such blocks: with
 * whatever allocator is preloaded, the sums and contents come out right, also after fork. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 3000, SLOTS = 64 };

struct node {
    pthread_mutex_t mutex;
    uint32_t size;
    unsigned char bytes[];
};

static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static struct node *slots[SLOTS];
static pthread_key_t scratch;

static struct node *make(uint32_t size)
{
    struct node *node = malloc(sizeof *node + size);
    pthread_mutex_init(&node->mutex, NULL);
    node->size = size;
    memset(node->bytes, (int)(size & 0xFF), size);
    return node;
}

static int check_and_free(struct node *node)
{
    int bad = 0;
    pthread_mutex_lock(&node->mutex);
    for (uint32_t i = 0; i < node->size; i++)
        bad += node->bytes[i] != (node->size & 0xFF);
    pthread_mutex_unlock(&node->mutex);
    free(node);
    return bad;
}

static void *work(void *seed)
{
    uint32_t random = (uint32_t)(uintptr_t)seed;
    long bad = 0;
    pthread_setspecific(scratch, calloc(1, 100));
    for (int i = 0; i < ROUNDS; i++) {
        random = random * 1664525U + 1013904223U;
        struct node *node = make(random >> 20 & 0x7FF);
        pthread_mutex_lock(&slots_lock);
        struct node *old = slots[random % SLOTS];
        slots[random % SLOTS] = node;
        pthread_mutex_unlock(&slots_lock);
        if (old != NULL)
            bad += check_and_free(old);
        char *text = realloc(strdup("text"), 1 + (random >> 8 & 0xFFF) + 5);
        bad += strcmp(text, "text") != 0;
        free(text);
    }
    return (void *)bad;
}

static long run(void)
{
    pthread_t threads[THREADS];
    long bad = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        bad += pthread_create(&threads[i], NULL, work, (void *)(i + 1)) != 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        bad += pthread_join(threads[i], &result) != 0;
        bad += (long)result;
    }
    return bad;
}

int main(void)
{
    pthread_key_create(&scratch, free);
    FACT_VALUE(0, run());
    pid_t child = fork();
    if (child == 0)
        exit(run() == 0 ? 2 : 3);
    FACT_VALUE(2 << 8, fact_child_end("child", child));
    int freed = 0, bad = 0;
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i] == NULL)
            continue;
        bad += check_and_free(slots[i]);
        freed++;
    }
    FACT_VALUE(SLOTS, freed);
    FACT_VALUE(0, bad);
    void *aligned = aligned_alloc(4096, 8192);
    FACT_VALUE(0, (uintptr_t)aligned % 4096);
    free(aligned);
    return fact_status();
}
