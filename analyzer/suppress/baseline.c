#include "analyzer/suppress/baseline.h"

#include <json-c/json.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/table.h"
#include "analyzer/suppress/lines.h"

#define FINGERPRINT_DIGITS 16

struct entry {
    struct known_finding finding;
    UT_hash_handle hh;
};

struct baseline {
    struct arena *arena;
    struct entry *entries;
    ARRAY(struct entry *) order;
};

struct baseline *baseline_create(struct arena *arena)
{
    struct baseline *baseline = arena_alloc(arena, 1, sizeof *baseline);
    baseline->arena = arena;
    return baseline;
}

static struct entry *find_entry(const struct baseline *baseline, const char *fingerprint)
{
    struct entry *entry;
    HASH_FIND_STR(baseline->entries, fingerprint, entry);
    return entry;
}

void baseline_add(struct baseline *baseline, struct known_finding finding)
{
    struct arena *arena = baseline->arena;
    if (find_entry(baseline, finding.fingerprint) != NULL) {
        return;
    }
    struct entry *entry = arena_alloc(arena, 1, sizeof *entry);
    entry->finding = finding;
    HASH_ADD_KEYPTR(hh, baseline->entries, entry->finding.fingerprint,
                    strlen(entry->finding.fingerprint), entry);
    *array_add(arena, &baseline->order) = entry;
}

struct known_finding *baseline_find(const struct baseline *baseline, const char *fingerprint)
{
    struct entry *entry = find_entry(baseline, fingerprint);
    return entry != NULL ? &entry->finding : NULL;
}

size_t baseline_count(const struct baseline *baseline)
{
    return baseline->order.count;
}

struct known_finding *baseline_get(const struct baseline *baseline, size_t index)
{
    return &baseline->order.items[index]->finding;
}

static bool is_fingerprint(const char *text, size_t bytes)
{
    return bytes == FINGERPRINT_DIGITS && strspn(text, "0123456789abcdef") >= bytes;
}

static const char *member(struct arena *arena, struct json_object *object, const char *name)
{
    struct json_object *value;
    bool found = json_object_object_get_ex(object, name, &value) &&
                 json_object_is_type(value, json_type_string);
    return found ? arena_strdup(arena, json_object_get_string(value)) : "";
}

/* False when an entry has no fingerprint. */
static bool add_findings(struct baseline *baseline, struct json_object *document, const char *name)
{
    struct arena *arena = baseline->arena;
    struct json_object *list;
    if (!json_object_object_get_ex(document, name, &list) ||
        !json_object_is_type(list, json_type_array)) {
        return true;
    }
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *object = json_object_array_get_idx(list, i);
        const char *fingerprint = member(arena, object, "fingerprint");
        if (!is_fingerprint(fingerprint, strlen(fingerprint))) {
            return false;
        }
        baseline_add(baseline,
                     (struct known_finding){.fingerprint = fingerprint,
                                            .kind = member(arena, object, "kind"),
                                            .confidence = member(arena, object, "confidence"),
                                            .title = member(arena, object, "title")});
    }
    return true;
}

/* NULL, or what is wrong. */
static const char *read_report(struct baseline *baseline, const char *path, const char *text)
{
    enum json_tokener_error error;
    struct json_object *document = json_tokener_parse_verbose(text, &error);
    struct json_object *findings;
    const char *problem = NULL;
    if (document == NULL) {
        return arena_printf(baseline->arena, "%s is no report: not JSON (%s)", path,
                            json_tokener_error_desc(error));
    }
    if (!json_object_object_get_ex(document, "findings", &findings) ||
        !json_object_is_type(findings, json_type_array)) {
        problem = arena_printf(baseline->arena, "%s is no report: it has no findings", path);
    } else if (!add_findings(baseline, document, "findings") ||
               !add_findings(baseline, document, "known")) {
        problem = arena_printf(baseline->arena,
                               "%s has findings without a fingerprint: make it anew with 'unknot "
                               "report --format=json'",
                               path);
    }
    json_object_put(document);
    return problem;
}

static const char *read_list(struct baseline *baseline, struct lines *lines)
{
    while (lines_next(lines)) {
        size_t bytes = strcspn(lines->line, " \t");
        if (!is_fingerprint(lines->line, bytes)) {
            return lines_error(lines, "expected a fingerprint, 16 hex digits");
        }
        const char *title = lines->line + bytes + strspn(lines->line + bytes, " \t");
        baseline_add(baseline,
                     (struct known_finding){.fingerprint = arena_printf(baseline->arena, "%.*s",
                                                                        (int)bytes, lines->line),
                                            .kind = "",
                                            .confidence = "",
                                            .title = title});
    }
    return NULL;
}

bool baseline_read(struct baseline *baseline, const char *path, const char **error)
{
    struct lines lines;
    if (!lines_open(baseline->arena, path, &lines, error)) {
        return false;
    }
    const char *start = lines.rest + strspn(lines.rest, " \t\r\n");
    const char *problem =
        *start == '{' ? read_report(baseline, path, lines.rest) : read_list(baseline, &lines);
    if (problem != NULL) {
        *error = problem;
    }
    return problem == NULL;
}
