#include "shim/platform/descriptor.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel sizes a descriptor table by its highest number: stay modest under huge limits. */
enum { HIGHEST_START = 60000 };

/* Duplicates fd to a number the program cannot be given: at or above its soft limit, which is
 * raised for a moment (descriptors keep working when it falls back). Under a soft limit too high to
 * go beyond, a high number. -1 if there is no place. */
static int duplicate_high(int fd)
{
    struct rlimit old;
    if (getrlimit(RLIMIT_NOFILE, &old) != 0)
        return -1;
    if (old.rlim_cur > HIGHEST_START)
        return fcntl(fd, F_DUPFD_CLOEXEC, HIGHEST_START);
    if (old.rlim_max < old.rlim_cur + 8)
        return -1;
    struct rlimit raised = {old.rlim_cur + 8, old.rlim_max};
    setrlimit(RLIMIT_NOFILE, &raised);
    int high = fcntl(fd, F_DUPFD_CLOEXEC, (int)old.rlim_cur);
    setrlimit(RLIMIT_NOFILE, &old);
    return high;
}

static bool is_file_of(const struct kept_descriptor *kept, int fd)
{
    struct stat status;
    return fd >= 0 && fstat(fd, &status) == 0 && status.st_dev == kept->device &&
           status.st_ino == kept->inode;
}

void descriptor_duplicate(struct kept_descriptor *kept, int fd)
{
    struct stat status;
    *kept = (struct kept_descriptor){.fd = -1};
    if (fstat(fd, &status) != 0)
        return;
    kept->device = status.st_dev;
    kept->inode = status.st_ino;
    kept->fd = duplicate_high(fd);
}

void descriptor_keep(struct kept_descriptor *kept, int fd)
{
    descriptor_duplicate(kept, fd);
    close(fd);
}

int descriptor_use(struct kept_descriptor *kept, int fallback, const char *path)
{
    if (is_file_of(kept, kept->fd))
        return kept->fd;
    kept->fd = -1;
    if (is_file_of(kept, fallback))
        return fallback;
    int fd = path ? open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (fd >= 0 && is_file_of(kept, fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void descriptor_done(const struct kept_descriptor *kept, int fallback, int fd)
{
    if (fd >= 0 && fd != kept->fd && fd != fallback)
        close(fd);
}

void descriptor_drop(struct kept_descriptor *kept)
{
    if (is_file_of(kept, kept->fd))
        close(kept->fd);
    kept->fd = -1;
}
