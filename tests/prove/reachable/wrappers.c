/* All locks are taken by one function of the program's own, which others wrap.
 * verdict: finding locks=stock,orders */
#include "tests/prove/prove.h"

struct guarded {
    pthread_mutex_t *mutex;
    long uses; /* protected by *mutex */
};

static pthread_mutex_t stock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static struct guarded guarded_stock = {&stock, 0};
static struct guarded guarded_orders = {&orders, 0};
static struct guarded guarded_journal = {&journal, 0};

static NOINLINE void lower_enter(pthread_mutex_t *mutex)
{
    must(pthread_mutex_lock(mutex), "pthread_mutex_lock");
}

static NOINLINE void enter(struct guarded *guarded)
{
    lower_enter(guarded->mutex);
    guarded->uses++;
}

static NOINLINE void leave(struct guarded *guarded)
{
    must(pthread_mutex_unlock(guarded->mutex), "pthread_mutex_unlock");
}

static NOINLINE void write_down(void)
{
    enter(&guarded_journal);
    leave(&guarded_journal);
}

static void sell(void)
{
    enter(&guarded_stock);
    write_down();
    enter(&guarded_orders);
    leave(&guarded_orders);
    leave(&guarded_stock);
}

static void cancel(void)
{
    write_down();
    enter(&guarded_orders);
    enter(&guarded_stock);
    leave(&guarded_stock);
    write_down();
    leave(&guarded_orders);
}

int main(void)
{
    RUN_APART(APART_MS, sell, cancel);
    return finish(guarded_stock.uses + guarded_orders.uses + 10 * guarded_journal.uses, 34);
}
