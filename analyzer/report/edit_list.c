#include "analyzer/report/edit_list.h"

#include <string.h>

void edit_list_insert(struct edit_list *edits, const char *file, uint32_t line, const char *text)
{
    *array_add(edits->arena, &edits->list) =
        (struct fix_edit){file, line, 0, arena_printf(edits->arena, "%s\n", text)};
}

void edit_list_replace(struct edit_list *edits, const char *file, uint32_t line, const char *text)
{
    *array_add(edits->arena, &edits->list) = (struct fix_edit){
        file, line, 1, text != NULL ? arena_printf(edits->arena, "%s\n", text) : ""};
}

bool edit_list_has(const struct edit_list *edits, const char *file, uint32_t line)
{
    for (size_t i = 0; i < edits->list.count; i++) {
        const struct fix_edit *edit = &edits->list.items[i];
        if (edit->replaced != 0 && edit->line == line && strcmp(edit->file, file) == 0) {
            return true;
        }
    }
    return false;
}

/* By file, line, and what is inserted before what is replaced. */
static bool comes_after(const struct fix_edit *a, const struct fix_edit *b)
{
    int files = strcmp(a->file, b->file);
    if (files != 0 || a->line != b->line) {
        return files > 0 || (files == 0 && a->line > b->line);
    }
    return a->replaced > b->replaced;
}

/* Few, and mostly in order: by insertion, which keeps the order of equal ones. */
static void sort(struct fix_edit *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct fix_edit item = items[i];
        size_t j = i;
        for (; j > 0 && comes_after(&items[j - 1], &item); j--) {
            items[j] = items[j - 1];
        }
        items[j] = item;
    }
}

/* Whether the second goes on where the first ends. */
static bool are_next(const struct fix_edit *a, const struct fix_edit *b)
{
    return strcmp(a->file, b->file) == 0 && a->line + a->replaced == b->line;
}

bool edit_list_finish(struct edit_list *edits)
{
    struct fix_edit *items = edits->list.items;
    size_t count = 0;
    sort(items, edits->list.count);
    for (size_t i = 0; i < edits->list.count; i++) {
        struct fix_edit *last = count > 0 ? &items[count - 1] : NULL;
        if (i > 0 && items[i].replaced != 0 && last != NULL && last->replaced != 0 &&
            strcmp(last->file, items[i].file) == 0 && items[i].line < last->line + last->replaced) {
            edits->list.count = 0;
            return false;
        }
        if (last != NULL && are_next(last, &items[i])) {
            last->text = arena_printf(edits->arena, "%s%s", last->text, items[i].text);
            last->replaced += items[i].replaced;
        } else {
            items[count++] = items[i];
        }
    }
    edits->list.count = count;
    return true;
}
