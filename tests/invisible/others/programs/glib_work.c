/* GLib: thread pool, async queue, mutex, reader-writer lock, once, private data, a main loop. */
#include <glib.h>
#include <stdio.h>

enum { JOBS = 400, THREADS = 4 };

static GMutex total_mutex;
static GRWLock table_lock;
static GRecMutex again;
static GCond finished;
static GPrivate own = G_PRIVATE_INIT(g_free);
static guint64 total, table[8];
static guint done;

static gpointer seed(gpointer unused)
{
    (void)unused;
    return GUINT_TO_POINTER(11);
}

static void work(gpointer job, gpointer answers)
{
    static GOnce once = G_ONCE_INIT;
    guint number = GPOINTER_TO_UINT(job);
    guint more = GPOINTER_TO_UINT(g_once(&once, seed, NULL));
    if (g_private_get(&own) == NULL)
        g_private_set(&own, g_strdup("mine"));
    g_rec_mutex_lock(&again);
    g_rw_lock_writer_lock(&table_lock);
    table[number % 8] += number;
    g_rw_lock_writer_unlock(&table_lock);
    g_rec_mutex_unlock(&again);
    g_mutex_lock(&total_mutex);
    total += number + more;
    if (++done == JOBS)
        g_cond_signal(&finished);
    g_mutex_unlock(&total_mutex);
    g_async_queue_push(answers, job);
}

static gboolean leave(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static gpointer ask_to_leave(gpointer loop)
{
    g_idle_add(leave, loop);
    return NULL;
}

int main(void)
{
    GAsyncQueue *answers = g_async_queue_new();
    GThreadPool *pool = g_thread_pool_new(work, answers, THREADS, TRUE, NULL);
    for (guint i = 1; i <= JOBS; i++)
        g_thread_pool_push(pool, GUINT_TO_POINTER(i), NULL);
    g_mutex_lock(&total_mutex);
    while (done < JOBS)
        g_cond_wait(&finished, &total_mutex);
    g_mutex_unlock(&total_mutex);
    g_thread_pool_free(pool, FALSE, TRUE);

    guint sum = 0;
    for (guint i = 0; i < JOBS; i++)
        sum += GPOINTER_TO_UINT(g_async_queue_pop(answers));
    g_async_queue_unref(answers);
    GMainLoop *loop = g_main_loop_new(NULL, FALSE);
    GThread *thread = g_thread_new("asks", ask_to_leave, loop);
    g_main_loop_run(loop);
    g_thread_join(thread);
    g_main_loop_unref(loop);

    g_rw_lock_reader_lock(&table_lock);
    for (int i = 0; i < 8; i++)
        printf("%llu\n", (unsigned long long)table[i]);
    g_rw_lock_reader_unlock(&table_lock);
    printf("%u %llu\n", sum, (unsigned long long)total);
    return 3;
}
