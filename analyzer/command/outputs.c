#include "analyzer/command/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "analyzer/command/message.h"

/* "text, json or sarif" */
static const char *list_formats(struct arena *arena, unsigned allowed)
{
    const char *list = "";
    for (enum report_format_id id = 0; id < REPORT_FORMAT_COUNT; id++) {
        if ((allowed & REPORT_FORMAT_BIT(id)) != 0) {
            unsigned rest = allowed >> id >> 1;
            const char *separator = list[0] == '\0' ? "" : rest == 0 ? " or " : ", ";
            list = arena_printf(arena, "%s%s%s", list, separator, report_format_get(id)->name);
        }
    }
    return list;
}

/* Takes one value of --format. */
static bool add(struct outputs *outputs, struct arena *arena, const char *value, unsigned allowed)
{
    struct format_output *item = &outputs->items[outputs->count];
    const char *colon = strchr(value, ':');
    const char *name =
        arena_printf(arena, "%.*s", (int)(colon != NULL ? colon - value : INT16_MAX), value);
    item->format = report_format_find(name);
    item->is_own = colon != NULL;
    item->output.path = colon != NULL ? colon + 1 : NULL;
    if (item->format == NULL || (allowed & REPORT_FORMAT_BIT(item->format->id)) == 0) {
        message(outputs->command, "--format=%s: %s%s takes %s", value,
                item->format == NULL ? "no such format; " : "", outputs->command,
                list_formats(arena, allowed));
        return false;
    }
    if (colon != NULL && colon[1] == '\0') {
        message(outputs->command, "--format=%s: a file name is missing after the colon", value);
        return false;
    }
    outputs->count++;
    return true;
}

/* The formats without a file must be able to follow each other. */
static bool check_shared_place(const struct outputs *outputs)
{
    const struct report_format *first = NULL;
    for (size_t i = 0; i < outputs->count; i++) {
        const struct report_format *format = outputs->items[i].format;
        if (outputs->items[i].is_own) {
            continue;
        }
        if (first != NULL && !(first->shares && format->shares)) {
            const struct report_format *lone = first->shares ? format : first;
            message(outputs->command,
                    "--format=%s and --format=%s would go to one place: give one of them a file, "
                    "like --format=%s:FILE",
                    first->name, format->name, lone->name);
            return false;
        }
        first = format;
    }
    return true;
}

bool outputs_init(struct outputs *outputs, struct arena *arena, const char *command,
                  const struct options *options, unsigned allowed)
{
    size_t cursor = 0;
    bool any_shared = false;
    *outputs = (struct outputs){.command = command, .color = options->values[OPTION_COLOR]};
    outputs->items = arena_alloc(arena, options->given_count + 2, sizeof *outputs->items);
    for (const char *value; (value = options_next(options, OPTION_FORMAT, &cursor)) != NULL;) {
        if (!add(outputs, arena, value, allowed)) {
            return false;
        }
        any_shared |= !outputs->items[outputs->count - 1].is_own;
    }
    if (!any_shared) {
        outputs->items[outputs->count++].format = report_format_get(REPORT_FORMAT_TEXT);
    }
    return check_shared_place(outputs);
}

void outputs_take_place(struct outputs *outputs, const struct report_format *format)
{
    size_t kept = 0;
    for (size_t i = 0; i < outputs->count; i++) {
        if (outputs->items[i].is_own) {
            outputs->items[kept++] = outputs->items[i];
        }
    }
    outputs->items[kept] = (struct format_output){.format = format};
    outputs->count = kept + 1;
}

static bool is_same_file(int one, int other)
{
    struct stat first, second;
    return fstat(one, &first) == 0 && fstat(other, &second) == 0 && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* Whether the item's file is for it alone: two reports would be written over each other. */
static bool has_own_file(const struct outputs *outputs, const struct format_output *item)
{
    bool shared = outputs->is_place_open && is_same_file(outputs->place.fd, item->output.fd);
    for (const struct format_output *other = outputs->items; other < item; other++) {
        shared |= other->is_open && is_same_file(other->output.fd, item->output.fd);
    }
    if (shared) {
        message(outputs->command, "--format=%s:%s: another format goes to this file, too",
                item->format->name, item->output.path);
    }
    return !shared;
}

/* False, with one line on stderr, when it cannot be written. */
static bool open_own(const struct outputs *outputs, struct format_output *item)
{
    if (!output_open(&item->output, outputs->command, item->output.path, -1)) {
        return false;
    }
    if (!has_own_file(outputs, item)) {
        output_close(&item->output);
        return false;
    }
    return true;
}

bool outputs_open(struct outputs *outputs, const struct options *options, int fallback)
{
    const char *path = options->values[OPTION_OUTPUT];
    outputs->is_place_open = output_open(&outputs->place, outputs->command, path, fallback);
    bool all = outputs->is_place_open;
    for (size_t i = 0; i < outputs->count; i++) {
        struct format_output *item = &outputs->items[i];
        item->is_open = item->is_own && open_own(outputs, item);
        all &= item->is_open || !item->is_own;
    }
    return all;
}

struct writing {
    const struct outputs *outputs;
    const struct format_output *own; /* NULL: those at the place of the report */
    outputs_writer *write;
    const void *context;
};

static void write_one(FILE *out, const void *context)
{
    const struct writing *writing = context;
    const struct outputs *outputs = writing->outputs;
    if (writing->own != NULL) {
        bool color = output_has_color(&writing->own->output, outputs->color);
        writing->write(out, writing->own->format, color, writing->context);
        return;
    }
    bool color = output_has_color(&outputs->place, outputs->color);
    for (size_t i = 0; i < outputs->count; i++) {
        if (!outputs->items[i].is_own) {
            writing->write(out, outputs->items[i].format, color, writing->context);
        }
    }
}

bool outputs_write(struct outputs *outputs, enum outputs_wanted wanted, outputs_writer *write,
                   const void *context)
{
    struct writing writing = {outputs, NULL, write, context};
    bool all = outputs->is_place_open;
    if (outputs->is_place_open && wanted == OUTPUTS_ALL) {
        all = output_write_by(&outputs->place, outputs->command, write_one, &writing);
    } else if (outputs->is_place_open) {
        output_close(&outputs->place);
    }
    for (size_t i = 0; i < outputs->count; i++) {
        struct format_output *item = &outputs->items[i];
        writing.own = item;
        if (item->is_open) {
            all &= output_write_by(&item->output, outputs->command, write_one, &writing);
        }
        all &= item->is_open || !item->is_own;
    }
    return all;
}

void outputs_close(struct outputs *outputs)
{
    if (outputs->is_place_open) {
        output_close(&outputs->place);
    }
    for (size_t i = 0; i < outputs->count; i++) {
        if (outputs->items[i].is_open) {
            output_close(&outputs->items[i].output);
        }
    }
}
