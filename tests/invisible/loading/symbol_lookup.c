/* Functions found by name work like those called directly, absent ones stay absent, and addresses
 * of other things belong to the objects they belonged to. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

static int call(void *scope, const char *name, const char *version)
{
    int (*function)(pthread_mutex_t *) =
        (int (*)(pthread_mutex_t *))(version ? dlvsym(scope, name, version) : dlsym(scope, name));
    return function != NULL ? function(&mutex) : -1;
}

static void use_mutex_from(void *scope, const char *version)
{
    FACT_RESULT(0, call(scope, "pthread_mutex_lock", version));
    FACT_RESULT(EDEADLK, call(scope, "pthread_mutex_lock", version));
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, call(scope, "pthread_mutex_unlock", version));
    FACT_RESULT(EPERM, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, call(scope, "pthread_mutex_unlock", version));
}

static void say_owner(const char *what, const void *address)
{
    Dl_info info = {0};
    int found = dladdr(address, &info);
    const char *file = found && info.dli_fname ? strrchr(info.dli_fname, '/') : NULL;
    fact_say("%s: %s in %s", what, found && info.dli_sname ? info.dli_sname : "no name",
             file ? file + 1 : "?");
}

int main(void)
{
    void *self = dlopen(NULL, RTLD_LAZY);
    void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    FACT_VALUE(1, self != NULL && libc != NULL);
    use_mutex_from(RTLD_DEFAULT, NULL);
    use_mutex_from(RTLD_NEXT, NULL);
    use_mutex_from(self, NULL);
    use_mutex_from(libc, NULL);
    use_mutex_from(RTLD_DEFAULT, "GLIBC_2.2.5");
    use_mutex_from(libc, "GLIBC_2.2.5");
    FACT_VALUE(1, dlsym(RTLD_DEFAULT, "pthread_mutex_no_such_function") == NULL);
    fact_say("%s", strrchr(dlerror(), ':') + 2);
    FACT_VALUE(1, dlvsym(RTLD_DEFAULT, "pthread_mutex_lock", "GLIBC_9.9") == NULL);
    FACT_VALUE(1, dlsym(RTLD_DEFAULT, "unknot_start") == NULL);
    say_owner("printf", dlsym(RTLD_DEFAULT, "printf"));
    say_owner("getenv", dlsym(RTLD_DEFAULT, "getenv"));
    say_owner("dlopen", dlsym(RTLD_DEFAULT, "dlopen"));
    say_owner("dlsym", dlsym(RTLD_DEFAULT, "dlsym"));
    say_owner("vfork", dlsym(RTLD_DEFAULT, "vfork"));
    say_owner("malloc", dlsym(RTLD_DEFAULT, "malloc"));
    say_owner("unwinder", dlsym(RTLD_DEFAULT, "_Unwind_RaiseException"));
    say_owner("local mutex", &mutex);
    return fact_status();
}
