/* Wildcards, as suppressions have them: `*` is any text, `?` any character. Any thread; allocates
 * nothing; at worst as many steps as pattern times text has bytes. */
#ifndef UNKNOT_SUPPRESS_GLOB_H
#define UNKNOT_SUPPRESS_GLOB_H

#include <stdbool.h>

/* The whole text. NULL is matched by nothing. */
bool glob_matches(const char *pattern, const char *text);

/* The path, or what of it follows one of its slashes: "logger.c" and "src/logger.c" match
 * "/home/me/src/logger.c". */
bool glob_matches_path(const char *pattern, const char *path);

/* The whole text, of which only `*` stands for others. */
bool glob_matches_stars(const char *pattern, const char *text);

#endif
