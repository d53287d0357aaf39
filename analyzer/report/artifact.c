#include "analyzer/report/artifact.h"

#include <stdio.h>
#include <string.h>

/* Takes the last part off `path`, which ends at `end`; returns the new end. */
static char *without_last_part(char *path, char *end)
{
    while (end > path && *--end != '/') {
    }
    return end;
}

/* Copies the path part by part. A ".." in front of a relative path stays. */
static char *normalised(struct arena *arena, const char *path)
{
    char *result = arena_alloc(arena, strlen(path) + 2, 1);
    char *end = result;
    size_t depth = 0; /* parts that ".." can take off */
    for (const char *part = path; *part != '\0';) {
        size_t bytes = strcspn(part, "/");
        bool up = bytes == 2 && memcmp(part, "..", 2) == 0;
        if (up && depth > 0) {
            end = without_last_part(result, end);
            depth--;
        } else if (bytes != 0 && !(bytes == 1 && part[0] == '.') && !(up && path[0] == '/')) {
            if (end > result || path[0] == '/') {
                *end++ = '/';
            }
            memcpy(end, part, bytes);
            end += bytes;
            depth += !up;
        }
        part += bytes + (part[bytes] == '/');
    }
    *end = '\0';
    return result;
}

const char *artifact_path(struct arena *arena, const char *root, const char *path,
                          bool *is_relative)
{
    const char *result = normalised(arena, path);
    size_t bytes = root != NULL ? strlen(root) : 0;
    *is_relative = result[0] != '/' && strncmp(result, "../", 3) != 0;
    if (bytes > 1 && strncmp(result, root, bytes) == 0 && result[bytes] == '/') {
        *is_relative = true;
        return result + bytes + 1;
    }
    return result;
}

const char *artifact_uri(struct arena *arena, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~/";
    char *result = arena_alloc(arena, strlen(path) * 3 + sizeof "file://", 1);
    char *end = path[0] == '/' ? stpcpy(result, "file://") : result;
    for (const unsigned char *next = (const unsigned char *)path; *next != '\0'; next++) {
        if (strchr(plain, *next) != NULL) {
            *end++ = (char)*next;
        } else {
            end += sprintf(end, "%%%02X", *next);
        }
    }
    return result;
}
