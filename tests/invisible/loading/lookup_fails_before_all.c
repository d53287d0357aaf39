/* A program that looks for functions in vain before any constructor runs, as the runtimes of
 * sanitizers do: the loader keeps the text of the failure, and frees it at the next look. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

static bool found_before;

static void look_in_vain(void)
{
    for (int i = 0; i < 3; i++) {
        found_before |= dlsym(RTLD_NEXT, "no_such_function_anywhere") != NULL;
    }
}

__attribute__((section(".preinit_array"),
               used)) static void (*const before_all)(void) = look_in_vain;

int main(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    fact_say("found: %d", found_before);
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    return 0;
}
