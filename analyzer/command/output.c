#include "analyzer/command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzer/command/message.h"

bool output_open(struct output *output, const char *command, const char *path, int fallback)
{
    *output = (struct output){fallback, path};
    if (path == NULL) {
        return true;
    }
    output->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (output->fd < 0) {
        message(command, "cannot write the report to %s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

/* Returns 0 or errno. */
static int write_all(int fd, const char *data, size_t bytes)
{
    while (bytes > 0) {
        ssize_t written = write(fd, data, bytes);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            data += written;
            bytes -= (size_t)written;
        }
    }
    return 0;
}

static int replace_contents(const struct output *output, const char *data, size_t bytes)
{
    struct stat status;
    bool is_file =
        output->path != NULL && fstat(output->fd, &status) == 0 && S_ISREG(status.st_mode);
    if (is_file && ftruncate(output->fd, 0) != 0) {
        return errno;
    }
    return write_all(output->fd, data, bytes);
}

bool output_write_by(struct output *output, const char *command,
                     void (*write)(FILE *out, const void *context), const void *context)
{
    char *data = NULL;
    size_t bytes = 0;
    FILE *memory = open_memstream(&data, &bytes);
    int error = ENOMEM;
    /* A reader that went away and a file size limit fail the write; they must not end us. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (memory != NULL) {
        write(memory, context);
        bool failed = ferror(memory) != 0;
        failed |= fclose(memory) != 0;
        error = failed ? ENOMEM : replace_contents(output, data, bytes);
    }
    free(data);
    if (output->path != NULL && close(output->fd) != 0 && error == 0) {
        error = errno;
    }
    if (error == 0 || error == EPIPE) {
        return true;
    }
    message(command, "cannot write the whole report%s%s: %s", output->path != NULL ? " to " : "",
            output->path != NULL ? output->path : "", strerror(error));
    return false;
}

void output_close(struct output *output)
{
    if (output->path != NULL) {
        close(output->fd);
    }
}

bool output_has_color(const struct output *output, const char *when)
{
    if (when != NULL && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    const char *refused = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    return isatty(output->fd) && (refused == NULL || refused[0] == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}
