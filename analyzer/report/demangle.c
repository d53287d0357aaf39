#include "analyzer/report/demangle.h"

#include <stdlib.h>
#include <string.h>

/* cxxabi.h is a C++ header; this is the declaration the C++ ABI gives it. */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *size_bytes, int *status);

/* A symbol longer than this is shown as it is: the demangler's cost grows with it. */
#define SYMBOL_BYTES_MAX 4096

const char *demangle(struct arena *arena, const char *symbol)
{
    if (strlen(symbol) > SYMBOL_BYTES_MAX) {
        return arena_strdup(arena, symbol);
    }
    char *name = arena_strdup(arena, symbol);
    char *suffix = name[0] == '\0' ? NULL : strchr(name + 1, '.');
    if (suffix != NULL) {
        *suffix = '\0';
    }
    if (strncmp(name, "_Z", 2) != 0) {
        return name;
    }
    int status;
    char *plain = __cxa_demangle(name, NULL, NULL, &status);
    if (plain == NULL) {
        return name;
    }
    name = arena_strdup(arena, plain);
    free(plain);
    return name;
}
