#include "analyzer/command/emit_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/command/data_directory.h"
#include "analyzer/command/message.h"
#include "analyzer/command/program.h"
#include "analyzer/command/steered_run.h"

#define TIMEOUT_S 120

struct emitted {
    const struct plan_input *input;
    const char *name;      /* of the test: that of the file without its ending */
    const char *plan_name; /* without folder */
    const char *program;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* In a quoted argument of CMake's. */
static const char *quoted(struct arena *arena, const char *text)
{
    char *result = arena_alloc(arena, 2 * strlen(text) + 3, 1);
    char *end = result;
    *end++ = '"';
    for (; *text != '\0'; text++) {
        if (strchr("\"\\$", *text) != NULL) {
            *end++ = '\\';
        }
        *end++ = *text;
    }
    *end = '"';
    return result;
}

static void write_test(FILE *out, const struct emitted *emitted)
{
    const struct plan_input *input = emitted->input;
    struct arena *arena = input->arena;
    const char *target = base_name(emitted->program);
    fprintf(out,
            "# Passes as long as the program does not deadlock when its threads are held back as\n"
            "# %s says. Include this file in a CMakeLists.txt behind enable_testing().\n"
            "find_program(UNKNOT unknot REQUIRED)\n",
            emitted->plan_name);
    fprintf(out, "set(program %s)\nif(TARGET %s)\n  set(program \"$<TARGET_FILE:%s>\")\nendif()\n",
            quoted(arena, emitted->program), target, target);
    fprintf(out,
            "add_test(NAME %s\n"
            "         COMMAND \"${UNKNOT}\" reproduce --data=${CMAKE_CURRENT_BINARY_DIR}/%s.data\n"
            "                 \"${CMAKE_CURRENT_LIST_DIR}/%s\" -- \"${program}\"",
            emitted->name, emitted->name, emitted->plan_name);
    for (char **next = input->program.arguments + 1; *next != NULL; next++) {
        fprintf(out, " %s", quoted(arena, *next));
    }
    fprintf(out, ")\nset_tests_properties(%s PROPERTIES TIMEOUT %d)\n", emitted->name, TIMEOUT_S);
}

/* The program from wherever the test is run. */
static const char *whole_path(const struct plan_input *input)
{
    struct program program;
    const char *error;
    if (program_find(input->arena, input->program.program, &program, &error) != 0) {
        message(input->command, "%s", error);
        return NULL;
    }
    char *real = realpath(program.path, NULL);
    const char *path = arena_strdup(input->arena, real != NULL ? real : program.path);
    free(real);
    return path;
}

/* A plan that is there already stays as its owner wrote it. */
static bool write_plan(const struct plan_input *input, const struct plan_manner *manner,
                       const char *path)
{
    char buffer[4096];
    size_t bytes;
    if (input->plan_file == NULL) {
        return steered_plan_write(input->command, path, &input->plan, manner);
    }
    FILE *from = fopen(input->plan_file, "re");
    FILE *to = from != NULL ? fopen(path, "we") : NULL;
    bool written = to != NULL;
    while (written && (bytes = fread(buffer, 1, sizeof buffer, from)) != 0) {
        written = fwrite(buffer, 1, bytes, to) == bytes;
    }
    written &= to != NULL && fclose(to) == 0;
    if (from != NULL) {
        fclose(from);
    }
    if (!written) {
        message(input->command, "cannot write %s: %s", path, strerror(errno));
    }
    return written;
}

bool emit_test(const struct plan_input *input, const struct plan_manner *manner, const char *path)
{
    struct arena *arena = input->arena;
    const char *file = base_name(path);
    const char *dot = strrchr(file, '.');
    const char *name = plan_word(
        arena, arena_printf(arena, "%.*s", (int)(dot != NULL ? dot - file : INT16_MAX), file));
    const struct emitted emitted = {
        .input = input,
        .name = name,
        .plan_name = arena_printf(arena, "%s" DATA_DIRECTORY_PLAN, name),
        .program = whole_path(input),
    };
    const char *plan = arena_printf(arena, "%.*s%s", (int)(file - path), path, emitted.plan_name);
    if (emitted.program == NULL) {
        return false;
    }
    if (strcmp(plan, path) == 0) {
        message(input->command, "--emit-test=%s: this is the name of the plan beside the test",
                path);
        return false;
    }
    FILE *out = fopen(path, "we");
    bool written = out != NULL;
    if (written) {
        write_test(out, &emitted);
        written = !ferror(out);
        written &= fclose(out) == 0;
    }
    if (!written) {
        message(input->command, "cannot write %s: %s", path, strerror(errno));
    }
    return written && write_plan(input, manner, plan);
}
