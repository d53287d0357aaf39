#include "analyzer/suppress/glob.h"

#include <stddef.h>
#include <string.h>

/* `any` is the character that stands for one, '\0' for none. After a `*` that let something match,
 * only the last `*` need ever take more. */
static bool matches(const char *pattern, const char *text, char any)
{
    const char *star = NULL, *star_text = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            star_text = text;
        } else if (*pattern != '\0' && (*pattern == *text || (any != '\0' && *pattern == any))) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++star_text;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

bool glob_matches(const char *pattern, const char *text)
{
    return text != NULL && matches(pattern, text, '?');
}

bool glob_matches_stars(const char *pattern, const char *text)
{
    return text != NULL && matches(pattern, text, '\0');
}

bool glob_matches_path(const char *pattern, const char *path)
{
    bool found = glob_matches(pattern, path);
    while (!found && path != NULL && (path = strchr(path, '/')) != NULL) {
        found = glob_matches(pattern, ++path);
    }
    return found;
}
