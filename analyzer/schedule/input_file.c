#include "analyzer/schedule/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool input_file_open(struct input_file *input, const char *path)
{
    struct stat status;

    *input = (struct input_file){.file = open(path, O_RDONLY | O_CLOEXEC)};
    if (input->file < 0)
        return false;
    if (fstat(input->file, &status) == 0 && S_ISREG(status.st_mode)) {
        input->size = status.st_size;
        input->can_rewind = true;
        return true;
    }
    input->copy = tmpfile();
    input->error = errno;
    return true;
}

static void drop_copy(struct input_file *input)
{
    input->error = errno;
    fclose(input->copy);
    input->copy = NULL;
}

ssize_t input_file_read(struct input_file *input, void *buffer, size_t bytes)
{
    ssize_t got;

    do {
        got = read(input->file, buffer, bytes);
    } while (got < 0 && errno == EINTR);
    if (got > 0 && input->copy != NULL &&
        fwrite(buffer, 1, (size_t)got, input->copy) != (size_t)got)
        drop_copy(input);
    return got;
}

/* The copy takes the place of what it was made of. */
static bool use_copy(struct input_file *input)
{
    if (input->copy != NULL && fflush(input->copy) != 0)
        drop_copy(input);
    if (input->copy == NULL) {
        errno = input->error;
        return false;
    }
    close(input->file);
    input->file = fcntl(fileno(input->copy), F_DUPFD_CLOEXEC, 0);
    fclose(input->copy);
    input->copy = NULL;
    input->can_rewind = input->file >= 0;
    return input->can_rewind;
}

bool input_file_rewind(struct input_file *input)
{
    return (input->can_rewind || use_copy(input)) && lseek(input->file, 0, SEEK_SET) == 0;
}

void input_file_close(struct input_file *input)
{
    if (input->copy != NULL)
        fclose(input->copy);
    if (input->file >= 0)
        close(input->file);
}
