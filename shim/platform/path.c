#include "shim/platform/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/platform/text.h"

static char start_directory[PATH_BYTES];
static char arguments[8192]; /* as /proc/self/cmdline has them */
static size_t argument_bytes;

void process_remember(void)
{
    if (!getcwd(start_directory, sizeof(start_directory)))
        start_directory[0] = '\0';
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t got = read(fd, arguments, sizeof(arguments) - 1);
    close(fd);
    if (got <= 0)
        return;
    argument_bytes = (size_t)got;
    if (arguments[argument_bytes - 1])
        arguments[argument_bytes++] = '\0';
}

size_t path_of_program(char path[PATH_BYTES])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_BYTES - 1);
    struct text full = text_over(path, PATH_BYTES);
    full.length = length > 0 ? (size_t)length : 0;
    path[full.length] = '\0';
    const char *started = full.length ? NULL : (const char *)getauxval(AT_EXECFN);
    if (started && started[0] != '/' && start_directory[0]) {
        text_add(&full, start_directory);
        text_add(&full, "/");
    }
    if (started)
        text_add(&full, started);
    return full.length;
}

size_t process_describe(char *strings, size_t size, uint32_t *argument_count)
{
    size_t used = path_of_program(strings) + 1;
    size_t directory = strlen(start_directory) + 1;
    memcpy(strings + used, start_directory, directory);
    used += directory;
    *argument_count = 0;
    for (size_t at = 0; at < argument_bytes;) {
        size_t next = strlen(arguments + at) + 1;
        if (used + next > size)
            break;
        memcpy(strings + used, arguments + at, next);
        used += next;
        at += next;
        ++*argument_count;
    }
    return used;
}

bool path_absolute(const char *pattern, char absolute[PATH_BYTES])
{
    struct text path = text_over(absolute, PATH_BYTES);
    absolute[0] = '\0';
    if (pattern[0] != '/') {
        if (!start_directory[0])
            return false;
        for (const char *at = start_directory; *at; at++)
            text_add_bytes(&path, *at == '%' ? "%%" : at, *at == '%' ? 2 : 1);
        text_add(&path, "/");
    }
    text_add(&path, pattern);
    return !path.cut;
}

static void add_program_name(struct text *path)
{
    char executable[PATH_BYTES];
    if (!path_of_program(executable)) {
        text_add(path, "program");
        return;
    }
    const char *slash = strrchr(executable, '/');
    char *name = slash ? (char *)slash + 1 : executable;
    for (char *at = name; *at; at++)
        if (*at == ' ')
            *at = '_';
    text_add_bytes(path, name, strnlen(name, 64));
}

bool path_expand(const char *pattern, uint32_t exec_count, char expanded[PATH_BYTES])
{
    struct text path = text_over(expanded, PATH_BYTES);
    expanded[0] = '\0';
    for (const char *at = pattern; *at; at++) {
        if (*at != '%' || !at[1]) {
            text_add_bytes(&path, at, 1);
            continue;
        }
        switch (*++at) {
        case 'n':
            add_program_name(&path);
            break;
        case 'p':
            text_add_number(&path, (uint64_t)getpid());
            break;
        case 'x':
            text_add_number(&path, exec_count);
            break;
        default:
            text_add_bytes(&path, at, 1);
        }
    }
    return !path.cut;
}

bool path_has_exec_count(const char *pattern)
{
    for (const char *at = pattern; (at = strchr(at, '%')) && at[1]; at += 2) {
        if (at[1] == 'x')
            return true;
    }
    return false;
}

bool path_make_folder(const char *path)
{
    char folder[PATH_BYTES];
    strcpy(folder, path);
    char *slash = strrchr(folder, '/');
    if (!slash || slash == folder)
        return true;
    *slash = '\0';
    return mkdir(folder, 0700) == 0 || errno == EEXIST;
}
