/* A library that takes and releases GLib's and OpenMP's locks; each call says what it returned. No
 * parallel region: unloading libgomp under its idle threads is the program's end, now and then. */
#include "tests/invisible/fact.h"

#include <glib.h>
#include <omp.h>

__attribute__((visibility("default"))) void use_other_locks(void);

static GMutex mutex;
static GRecMutex again;
static GRWLock table;
static GCond condition;

static void use_glib(void)
{
    errno = FACT_ERRNO;
    g_mutex_lock(&mutex);
    FACT_VALUE(FALSE, g_mutex_trylock(&mutex));
    FACT_VALUE(FALSE, g_cond_wait_until(&condition, &mutex, g_get_monotonic_time() + 1000));
    g_mutex_unlock(&mutex);
    FACT_VALUE(TRUE, g_mutex_trylock(&mutex));
    g_mutex_unlock(&mutex);
    g_rec_mutex_lock(&again);
    FACT_VALUE(TRUE, g_rec_mutex_trylock(&again));
    g_rec_mutex_unlock(&again);
    g_rec_mutex_unlock(&again);
    g_rw_lock_reader_lock(&table);
    FACT_VALUE(TRUE, g_rw_lock_reader_trylock(&table));
    FACT_VALUE(FALSE, g_rw_lock_writer_trylock(&table));
    g_rw_lock_reader_unlock(&table);
    g_rw_lock_reader_unlock(&table);
    g_rw_lock_writer_lock(&table);
    FACT_VALUE(FALSE, g_rw_lock_reader_trylock(&table));
    g_rw_lock_writer_unlock(&table);
    g_rw_lock_clear(&table);
    g_rw_lock_init(&table);
}

static void use_openmp(void)
{
    omp_lock_t lock;
    omp_nest_lock_t nest;
    omp_init_lock(&lock);
    omp_set_lock(&lock);
    FACT_VALUE(0, omp_test_lock(&lock));
    omp_unset_lock(&lock);
    FACT_VALUE(1, omp_test_lock(&lock));
    omp_unset_lock(&lock);
    omp_destroy_lock(&lock);
    omp_init_nest_lock(&nest);
    omp_set_nest_lock(&nest);
    FACT_VALUE(2, omp_test_nest_lock(&nest));
    omp_unset_nest_lock(&nest);
    omp_unset_nest_lock(&nest);
    omp_destroy_nest_lock(&nest);
    int sum = 0, count = 0;
    for (int i = 0; i < 10; i++) {
#pragma omp critical
        sum += i;
#pragma omp critical(named)
        count += 1;
    }
    FACT_VALUE(45, sum);
    FACT_VALUE(10, count);
}

void use_other_locks(void)
{
    use_glib();
    use_openmp();
}
