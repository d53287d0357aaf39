#include "analyzer/plan/plan_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_WORD "unknot-plan"
#define SEPARATORS " \t\r\n"

struct reader {
    struct plan *plan;
    struct plan_step *step; /* the one that lines belong to; NULL: none */
};

static FILE *open_plan(const char *path)
{
    char word[sizeof FIRST_WORD] = "";
    FILE *file = fopen(path, "re");
    if (file != NULL &&
        (fscanf(file, "%11s", word) != 1 || strcmp(word, FIRST_WORD) != 0 || fseek(file, 0, 0))) {
        fclose(file);
        errno = 0;
        return NULL;
    }
    return file;
}

bool plan_file_is_one(const char *path)
{
    FILE *file = open_plan(path);
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL;
}

/* FUNCTION@MODULE+0xOFFSET, or without the last part */
static bool read_frame(struct arena *arena, const char *word, struct plan_frame *frame)
{
    const char *at = strrchr(word, '@');
    if (at == NULL) {
        return false;
    }
    const char *plus = strstr(at, "+0x");
    size_t bytes = plus != NULL ? (size_t)(plus - at - 1) : strlen(at + 1);
    frame->function = arena_printf(arena, "%.*s", (int)(at - word), word);
    frame->module = arena_printf(arena, "%.*s", (int)bytes, at + 1);
    frame->offset = plus != NULL ? strtoull(plus + 1, NULL, 16) : 0;
    return true;
}

static struct plan_place read_place(struct arena *arena, char **rest)
{
    struct plan_place place = {.count = 0};
    const char *word;
    while (place.count < PLAN_FRAMES_MAX && (word = strtok_r(NULL, SEPARATORS, rest)) != NULL &&
           read_frame(arena, word, &place.frames[place.count])) {
        place.count++;
    }
    return place;
}

static void read_module(struct plan *plan, char **rest)
{
    const char *name = strtok_r(NULL, SEPARATORS, rest);
    const char *build_id = strtok_r(NULL, SEPARATORS, rest);
    if (build_id != NULL) {
        *array_add(plan->arena, &plan->modules) = (struct plan_module){
            arena_strdup(plan->arena, name), arena_strdup(plan->arena, build_id)};
    }
}

static void read_fix(struct plan *plan, char **rest)
{
    const char *kind = strtok_r(NULL, SEPARATORS, rest);
    const char *name = strtok_r(NULL, SEPARATORS, rest);
    if (name != NULL) {
        *array_add(plan->arena, &plan->fixes) = (struct plan_fix){
            .kind = arena_strdup(plan->arena, kind), .name = arena_strdup(plan->arena, name)};
    }
}

static void read_line_of_step(struct reader *reader, const char *word, char **rest)
{
    struct arena *arena = reader->plan->arena;
    struct plan_step *step = reader->step;
    if (strcmp(word, "holding") == 0) {
        step->holding = read_place(arena, rest);
    } else if (strcmp(word, "requests") == 0 || strcmp(word, "waits") == 0) {
        step->requests = read_place(arena, rest);
        step->waits = strcmp(word, "waits") == 0;
    } else if (strcmp(word, "#") == 0 && step->text[0] == '\0') {
        step->text = arena_printf(arena, "%.*s", (int)strcspn(*rest, "\n"), *rest);
    }
}

static void read_line(struct reader *reader, char *line)
{
    struct plan *plan = reader->plan;
    char *rest;
    const char *word = strtok_r(line, SEPARATORS, &rest);
    if (word == NULL) {
        return;
    }
    if (strcmp(word, "step") == 0) {
        *array_add(plan->arena, &plan->steps) = (struct plan_step){.text = ""};
        reader->step = &plan->steps.items[plan->steps.count - 1];
    } else if (strcmp(word, "module") == 0) {
        read_module(plan, &rest);
    } else if (strcmp(word, "fix") == 0) {
        reader->step = NULL;
        read_fix(plan, &rest);
    } else if (reader->step != NULL) {
        read_line_of_step(reader, word, &rest);
    }
}

/* Threads that only wait are no circle by themselves. */
static bool waits_somewhere(const struct plan *plan)
{
    bool any = false;
    for (size_t i = 0; i < plan->steps.count; i++) {
        any |= plan->steps.items[i].waits;
    }
    return any;
}

bool plan_read(struct plan *plan, const char *path, const char **error)
{
    struct reader reader = {.plan = plan};
    char *line = NULL;
    size_t room = 0;
    FILE *file = open_plan(path);
    if (file == NULL) {
        *error = errno != 0 ? strerror(errno)
                            : "it is no plan: its first line is not '" FIRST_WORD " 1'";
        return false;
    }
    while (getline(&line, &room, file) > 0) {
        read_line(&reader, line);
    }
    free(line);
    fclose(file);
    plan->is_set = waits_somewhere(plan);
    return true;
}
