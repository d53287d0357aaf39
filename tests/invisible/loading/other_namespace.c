/* A library in a namespace of its own (dlmopen), with its own C library, that locks and starts
 * threads beside the ones of this namespace. Argument: the library. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int work_in_it(void *library)
{
    int before = errno;
    int (*work)(int) = (int (*)(int))dlsym(library, "sibling_work");
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    int total = work != NULL ? work(20) : -1;
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    errno = before; /* loading may set it, with or without the shim */
    return total;
}

int main(int argc, char **arguments)
{
    if (argc < 2)
        return 2;
    for (int i = 0; i < 3; i++) {
        void *library = dlmopen(LM_ID_NEWLM, arguments[1], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            fact_say("not loaded: %s", dlerror());
            return 1;
        }
        FACT_VALUE(41, work_in_it(library));
        FACT_VALUE(81, fact_elsewhere(work_in_it, library));
        FACT_VALUE(0, dlclose(library));
    }
    return fact_status();
}
