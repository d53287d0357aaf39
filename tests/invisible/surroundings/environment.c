/* The environment is what the user set, the shim's two variables included, here and in a child;
 * a program that removes them before exec is not contradicted. Argument: library or unset. */
#include "tests/invisible/fact.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int is_ours(const char *entry)
{
    return strncmp(entry, "INVISIBLE_", 10) == 0 || strncmp(entry, "LD_PRELOAD=", 11) == 0 ||
           strncmp(entry, "UNKNOT_OPTIONS=", 15) == 0;
}

static int is_as_set(const char *name, const char *copy_name)
{
    const char *value = getenv(name), *copy = getenv(copy_name);
    return value != NULL ? copy != NULL && strcmp(value, copy) == 0 : copy == NULL || !*copy;
}

static void show(void)
{
    size_t count = 0;
    while (environ[count] != NULL)
        count++;
    qsort(environ, count, sizeof *environ, by_name);
    for (size_t i = 0; i < count; i++)
        if (!is_ours(environ[i]))
            fact_say("%s", environ[i]);
}

int main(int argc, char **arguments)
{
    char *again[] = {arguments[0], (char *)"child", NULL};
    int unset = argc > 1 && strcmp(arguments[1], "unset") == 0;
    FACT_VALUE(1, is_as_set("LD_PRELOAD", "INVISIBLE_PRELOAD"));
    FACT_VALUE(1, is_as_set("UNKNOT_OPTIONS", "INVISIBLE_OPTIONS"));
    show();
    if (argc > 1 && strcmp(arguments[1], "child") == 0)
        return fact_status();
    if (unset) {
        unsetenv("LD_PRELOAD");
        unsetenv("UNKNOT_OPTIONS");
        setenv("INVISIBLE_PRELOAD", "", 1);
        setenv("INVISIBLE_OPTIONS", "", 1);
    }
    pid_t child = fork();
    if (child == 0) {
        execv("/proc/self/exe", again);
        _exit(127);
    }
    FACT_VALUE(0, fact_child_end("child", child));
    return fact_status();
}
