/* What an exec'd program inherits: only what this one left open, and nothing from the shim even on
 * high numbers, which the kernel's own list shows. Argument: the program that lists. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int use_lock(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    return pthread_mutex_unlock(&mutex);
}

static void run(char *const command[], int keep_preload)
{
    pid_t child = fork();
    if (child == 0) {
        if (!keep_preload)
            unsetenv("LD_PRELOAD");
        execv(command[0], command);
        _exit(127);
    }
    FACT_VALUE(0, fact_child_end(command[0][1] == 'b' ? "ls" : "lister", child));
}

int main(int argc, char **arguments)
{
    char *lister[] = {argc > 1 ? arguments[1] : NULL, NULL};
    char *list[] = {(char *)"/bin/ls", (char *)"/proc/self/fd", NULL};
    FACT_VALUE(3, open("/dev/null", O_RDONLY));
    FACT_VALUE(4, open("/dev/null", O_RDONLY | O_CLOEXEC));
    FACT_VALUE(700, dup2(3, 700));
    FACT_VALUE(0, fact_elsewhere(use_lock, NULL));
    run(lister, 0);
    run(lister, 1);
    run(list, 0);
    FACT_CALL(0, close(3));
    execv(lister[0], lister);
    return 127;
}
