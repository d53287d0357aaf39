#include "analyzer/report/order_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/table.h"

struct node {
    const char *label;
    ARRAY(uint32_t) after;
    size_t waiting; /* while sorting: orders that lead here and are not done */
    uint32_t asked; /* the last question that came by */
    uint32_t number;
    UT_hash_handle hh;
};

struct answer {
    uint32_t before, after;
    bool yes;
    UT_hash_handle hh;
};

#define ANSWER_KEY_BYTES (2 * sizeof(uint32_t))

struct order_file {
    struct arena *arena;
    const char *path;
    struct node *by_label;
    ARRAY(struct node *) nodes;
    struct answer *answers;
    uint32_t questions;
    uint32_t *stack; /* room for all nodes */
};

static struct node *get_node(struct order_file *file, const char *label)
{
    struct arena *arena = file->arena;
    struct node *node;
    HASH_FIND_STR(file->by_label, label, node);
    if (node == NULL) {
        node = arena_alloc(arena, 1, sizeof *node);
        node->label = label;
        node->number = (uint32_t)file->nodes.count;
        *array_add(arena, &file->nodes) = node;
        HASH_ADD_KEYPTR(hh, file->by_label, node->label, strlen(node->label), node);
    }
    return node;
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    for (size_t bytes = strlen(text); bytes > 0 && strchr(" \t\r\n", text[bytes - 1]) != NULL;) {
        text[--bytes] = '\0';
    }
    return text;
}

/* False when the line is no order. */
static bool read_line(struct order_file *file, char *line)
{
    char *text = trimmed(line);
    if (text[0] == '\0' || text[0] == '#') {
        return true;
    }
    char *between = strstr(text, ORDER_FILE_BETWEEN);
    if (between == NULL) {
        return false;
    }
    *between = '\0';
    const char *before = arena_strdup(file->arena, trimmed(text));
    const char *after = arena_strdup(file->arena, trimmed(between + strlen(ORDER_FILE_BETWEEN)));
    if (before[0] == '\0' || after[0] == '\0') {
        return false;
    }
    struct node *from = get_node(file, before);
    *array_add(file->arena, &from->after) = get_node(file, after)->number;
    return true;
}

/* Takes away, again and again, what nothing comes before. Returns one that is left, or NULL. */
static const struct node *find_contradiction(struct order_file *file)
{
    size_t count = 0;
    for (size_t i = 0; i < file->nodes.count; i++) {
        for (size_t j = 0; j < file->nodes.items[i]->after.count; j++) {
            file->nodes.items[file->nodes.items[i]->after.items[j]]->waiting++;
        }
    }
    for (size_t i = 0; i < file->nodes.count; i++) {
        if (file->nodes.items[i]->waiting == 0) {
            file->stack[count++] = (uint32_t)i;
        }
    }
    while (count != 0) {
        const struct node *done = file->nodes.items[file->stack[--count]];
        for (size_t i = 0; i < done->after.count; i++) {
            if (--file->nodes.items[done->after.items[i]]->waiting == 0) {
                file->stack[count++] = done->after.items[i];
            }
        }
    }
    for (size_t i = 0; i < file->nodes.count; i++) {
        if (file->nodes.items[i]->waiting != 0) {
            return file->nodes.items[i];
        }
    }
    return NULL;
}

static bool read_lines(struct order_file *file, FILE *in, const char **error)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    bool ok = true;
    while (ok && getline(&line, &room, in) >= 0) {
        number++;
        ok = read_line(file, line);
    }
    if (!ok) {
        *error = arena_printf(file->arena, "%s:%zu: expected LOCK" ORDER_FILE_BETWEEN "LOCK",
                              file->path, number);
    } else if (ferror(in)) {
        *error = arena_printf(file->arena, "%s: cannot be read: %s", file->path, strerror(errno));
        ok = false;
    }
    free(line);
    return ok;
}

struct order_file *order_file_read(struct arena *arena, const char *path, const char **error)
{
    struct order_file *file = arena_alloc(arena, 1, sizeof *file);
    FILE *in = fopen(path, "re");
    file->arena = arena;
    file->path = path;
    if (in == NULL) {
        *error = arena_printf(arena, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    bool ok = read_lines(file, in, error);
    fclose(in);
    if (!ok) {
        return NULL;
    }
    file->stack = arena_alloc(arena, file->nodes.count + 1, sizeof *file->stack);
    const struct node *round = find_contradiction(file);
    if (round != NULL) {
        *error = arena_printf(arena, "%s: its orders go round in a circle, by way of %s", path,
                              round->label);
        return NULL;
    }
    return file;
}

const char *order_file_path(const struct order_file *file)
{
    return file->path;
}

static bool leads_to(struct order_file *file, uint32_t from, uint32_t to)
{
    size_t count = 0;
    uint32_t question = ++file->questions;
    file->stack[count++] = from;
    while (count != 0) {
        const struct node *node = file->nodes.items[file->stack[--count]];
        for (size_t i = 0; i < node->after.count; i++) {
            struct node *next = file->nodes.items[node->after.items[i]];
            if (next->number == to) {
                return true;
            }
            if (next->asked != question) {
                next->asked = question;
                file->stack[count++] = next->number;
            }
        }
    }
    return false;
}

bool order_file_has(struct order_file *file, const char *before, const char *after)
{
    struct arena *arena = file->arena;
    struct node *from, *to;
    struct answer *answer;
    HASH_FIND_STR(file->by_label, before, from);
    HASH_FIND_STR(file->by_label, after, to);
    if (from == NULL || to == NULL) {
        return false;
    }
    uint32_t key[2] = {from->number, to->number};
    HASH_FIND(hh, file->answers, key, ANSWER_KEY_BYTES, answer);
    if (answer == NULL) {
        answer = arena_alloc(arena, 1, sizeof *answer);
        answer->before = key[0];
        answer->after = key[1];
        answer->yes = leads_to(file, key[0], key[1]);
        HASH_ADD(hh, file->answers, before, ANSWER_KEY_BYTES, answer);
    }
    return answer->yes;
}
