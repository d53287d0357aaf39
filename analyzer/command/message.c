#include "analyzer/command/message.h"

#include <stdarg.h>
#include <stdio.h>
#include "analyzer/report/escape.h"

#define ARENA_BYTES_MAX ((size_t)64 << 20)

void message(const char *command, const char *format, ...)
{
    struct arena arena;
    char line[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    arena_init(&arena, ARENA_BYTES_MAX);
    fprintf(stderr, "unknot%s%s: %s\n", command != NULL ? " " : "", command != NULL ? command : "",
            escape_terminal(&arena, line));
    arena_destroy(&arena);
}
