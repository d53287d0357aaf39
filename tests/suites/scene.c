/* Does what its arguments say, word by word: each takes locks in some order, "&" before one lets a
 * thread do it. Half of a cycle in one run, half in another: see scenes.py. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER, gate = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t *made, *again, *wild;
static atomic_bool first_is_done;
const char program[] = SCENE;

static void nest(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static pthread_mutex_t *make(void)
{
    pthread_mutex_t *lock = malloc(sizeof *lock);
    pthread_mutex_init(lock, 0);
    return lock;
}

static void do_word(const char *word)
{
    if (strcmp(word, "ab") == 0) {
        nest(&lock_a, &lock_b);
    }
    if (strcmp(word, "ba") == 0) {
        nest(&lock_b, &lock_a);
    }
    if (strcmp(word, "bc") == 0) {
        nest(&lock_b, &lock_c);
    }
    if (strcmp(word, "ca") == 0) {
        nest(&lock_c, &lock_a);
    }
    if (strcmp(word, "gate") == 0) {
        pthread_mutex_lock(&gate);
    }
    if (strcmp(word, "ungate") == 0) {
        pthread_mutex_unlock(&gate);
    }
    if (strcmp(word, "wild") == 0) {
        pthread_mutex_lock(wild);
    }
    if (strcmp(word, "unwild") == 0) {
        pthread_mutex_unlock(wild);
    }
    if (strcmp(word, "make") == 0) {
        made = make();
    }
    if (strcmp(word, "more") == 0) {
        for (int i = 0; i < 2; i++)
            again = make();
        nest(again, &gate);
    }
    if (strcmp(word, "ma") == 0) {
        nest(made, &lock_a);
    }
    if (strcmp(word, "am") == 0) {
        nest(&lock_a, made);
    }
    if (strcmp(word, "try") == 0) {
        pthread_mutex_lock(&lock_b);
        if (pthread_mutex_trylock(&lock_a) == 0)
            pthread_mutex_unlock(&lock_a);
        pthread_mutex_unlock(&lock_b);
    }
    if (strcmp(word, "at") == 0) {
        pthread_mutex_lock(&lock_a);
        pthread_rwlock_rdlock(&table);
        pthread_rwlock_unlock(&table);
        pthread_mutex_unlock(&lock_a);
    }
    if (strcmp(word, "ta") == 0) {
        pthread_rwlock_rdlock(&table);
        nest(&lock_a, &lock_c);
        pthread_rwlock_unlock(&table);
    }
    if (strcmp(word, "relock") == 0) {
        pthread_mutex_unlock(&lock_c);
    }
    if (strcmp(word, "fork") == 0 && fork() != 0) {
        wait(0);
        exit(0);
    }
}

static void *run_word(void *word)
{
    do_word(word);
    return 0;
}

static void *run_first(void *word)
{
    do_word(word);
    first_is_done = true;
    return 0;
}

static void *run_second(void *word)
{
    while (!first_is_done)
        usleep(1000);
    do_word(word);
    return 0;
}

/* Both orders by two threads that nothing but luck puts one after the other. */
static void run_pair(void)
{
    pthread_t first, second;
    if (pthread_create(&first, 0, run_first, "ab") != 0 ||
        pthread_create(&second, 0, run_second, "ba") != 0) {
        abort();
    }
    pthread_join(first, 0);
    pthread_join(second, 0);
}

int main(int count, char **words);

int main(int count, char **words)
{
    wild = calloc(1, sizeof *wild);
    for (int i = 1; i < count; i++) {
        pthread_t thread;
        if (strcmp(words[i], "pair") == 0) {
            run_pair();
            continue;
        }
        if (words[i][0] != '&') {
            do_word(words[i]);
            continue;
        }
        if (pthread_create(&thread, 0, run_word, words[i] + 1) != 0)
            return 1;
        pthread_join(thread, 0);
    }
    return 0;
}
