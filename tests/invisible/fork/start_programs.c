/* Starting programs by vfork, posix_spawn, system and popen, from the main thread and from another
 * one, with a lock held meanwhile. After vfork the parent's variables and descriptors are intact.
 */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static pthread_mutex_t held = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static char *command[] = {NULL, (char *)"one", (char *)"two", NULL};

static void by_vfork(void)
{
    volatile int untouched = 12;
    pid_t child = vfork();
    if (child == 0)
        _exit(6);
    fact_child_end("vfork and _exit", child);
    child = vfork();
    if (child == 0) {
        execv(command[0], command);
        _exit(127);
    }
    fact_child_end("vfork and exec", child);
    child = vfork();
    if (child == 0) {
        execv("/no/such/program", command);
        _exit(127);
    }
    fact_child_end("vfork and failing exec", child);
    FACT_VALUE(12, untouched);
}

static void by_spawn(void)
{
    pid_t child = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 9, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclose(&actions, 0);
    /* Told once the child has ended: it prints too. */
    int spawned = posix_spawn(&child, command[0], &actions, NULL, command, environ);
    fact_child_end("posix_spawn", child);
    FACT_VALUE(0, spawned);
    posix_spawn_file_actions_destroy(&actions);
    FACT_VALUE(ENOENT, posix_spawn(&child, "/no/such/program", NULL, NULL, command, environ));
}

static void by_shell(void)
{
    char line[600], text[128];
    snprintf(line, sizeof line, "'%s' shell", command[0]);
    FACT_VALUE(5 << 8, system(line));
    FACT_VALUE(127 << 8, system("exec /no/such/program 2>/dev/null"));
    FILE *stream = popen(line, "r");
    while (stream != NULL && fgets(text, sizeof text, stream) != NULL) {
        text[strcspn(text, "\n")] = '\0';
        fact_say("popen: %s", text);
    }
    FACT_VALUE(5 << 8, pclose(stream));
}

static int each_way(void *unused)
{
    (void)unused;
    FACT_RESULT(0, pthread_mutex_lock(&held));
    by_vfork();
    by_spawn();
    by_shell();
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&held));
    FACT_RESULT(0, pthread_mutex_unlock(&held));
    FACT_VALUE(3, open("/dev/null", O_RDONLY));
    FACT_CALL(0, close(3));
    return 0;
}

int main(int argc, char **arguments)
{
    if (argc < 2)
        return 2;
    command[0] = arguments[1];
    each_way(NULL);
    fact_say("-- from another thread");
    FACT_VALUE(0, fact_elsewhere(each_way, NULL));
    return fact_status();
}
