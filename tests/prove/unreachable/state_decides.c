/* Loading takes the locks in one order, serving in the other; what is loaded is never loaded again,
 * and nothing is served before. The state is an atomic variable.
 * verdict: finding locks=files,index_lock */
#include "tests/prove/prove.h"

#define ITEMS 20

enum { LOADING, SERVING };

static int state; /* atomic: LOADING, then SERVING */
static pthread_mutex_t files = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t index_lock = PTHREAD_MUTEX_INITIALIZER;
static long loaded, served; /* protected by both locks */

static void load(void)
{
    for (int i = 0; i < ITEMS; i++) {
        lock(&files);
        lock(&index_lock);
        loaded++;
        unlock(&index_lock);
        unlock(&files);
    }
    __atomic_store_n(&state, SERVING, __ATOMIC_SEQ_CST);
}

static void serve(void)
{
    for (int done = 0; done < ITEMS;) {
        if (__atomic_load_n(&state, __ATOMIC_SEQ_CST) != SERVING) {
            sleep_ms(1);
            continue;
        }
        lock(&index_lock);
        lock(&files);
        served += loaded;
        unlock(&files);
        unlock(&index_lock);
        done++;
    }
}

int main(void)
{
    RUN_APART(0, load, serve, serve);
    return finish(served, 2 * ITEMS * ITEMS);
}
