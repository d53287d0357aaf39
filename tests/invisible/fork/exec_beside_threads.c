/* exec while other threads run and hold locks replaces the process: the new program's output and
 * exit status, same process id. A failing exec returns with everything as before. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

extern char **environ;
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER, busy = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;

static void *hold_for_ever(void *unused)
{
    pthread_mutex_lock(&held);
    pthread_barrier_wait(&barrier);
    for (;;) {
        pthread_mutex_lock(&busy);
        pthread_mutex_unlock(&busy);
    }
    return unused;
}

int main(int argc, char **arguments)
{
    pthread_t thread;
    char *command[] = {argc > 2 ? arguments[1] : NULL, (char *)"replaced", NULL};
    if (argc < 3)
        return 2;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, hold_for_ever, NULL);
    pthread_barrier_wait(&barrier);
    FACT_CALL(ENOENT, execv("/no/such/program", command));
    FACT_CALL(EACCES, execv("/etc/passwd", command));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&held));
    FACT_RESULT(0, pthread_mutex_lock(&busy));
    FACT_RESULT(0, pthread_mutex_unlock(&busy));
    if (strcmp(arguments[2], "execve") == 0)
        execve(command[0], command, environ);
    else if (strcmp(arguments[2], "execvp") == 0)
        execvp(command[0], command);
    else if (strcmp(arguments[2], "fexecve") == 0)
        fexecve(open(command[0], O_RDONLY | O_CLOEXEC), command, environ);
    else
        execl(command[0], command[0], "replaced", (char *)NULL);
    return 127;
}
