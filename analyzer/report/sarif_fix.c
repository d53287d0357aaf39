#include <string.h>
#include "analyzer/report/sarif.h"

/* Whole lines: from the start of the first to the start of the one behind the last. */
static struct json_object *deleted_region(const struct fix_edit *edit)
{
    struct json_object *region = json_value_object();
    json_value_set(region, "startLine", json_value_number(edit->line));
    json_value_set(region, "startColumn", json_value_number(1));
    json_value_set(region, "endLine", json_value_number(edit->line + edit->replaced));
    json_value_set(region, "endColumn", json_value_number(1));
    return region;
}

static struct json_object *replacement(const struct results *results, const struct fix_edit *edit)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "deletedRegion", deleted_region(edit));
    if (edit->text[0] != '\0') {
        struct json_object *content = json_value_object();
        json_value_set(content, "text", json_value_string(results->arena, edit->text));
        json_value_set(object, "insertedContent", content);
    }
    return object;
}

/* One for each file: edits come file by file. */
static struct json_object *changes(const struct results *results, const struct fix_advice *advice)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < advice->edit_count;) {
        const char *file = advice->edits[i].file;
        struct json_object *change = json_value_object();
        struct json_object *replacements = json_value_array();
        for (; i < advice->edit_count && strcmp(advice->edits[i].file, file) == 0; i++) {
            json_value_append(replacements, replacement(results, &advice->edits[i]));
        }
        json_value_set(change, "artifactLocation", sarif_artifact(results, file));
        json_value_set(change, "replacements", replacements);
        json_value_append(array, change);
    }
    return array;
}

struct json_object *sarif_fixes(const struct results *results, const struct result *result)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < result->fixes.count; i++) {
        const struct fix_advice *advice = &result->fixes.items[i];
        struct json_object *fix = json_value_object();
        json_value_set(fix, "description", sarif_message(results->arena, advice->what));
        json_value_set(fix, "artifactChanges", changes(results, advice));
        json_value_append(array, fix);
    }
    return array;
}
