#include "analyzer/report/sarif.h"

#include <string.h>
#include "analyzer/report/artifact.h"
#include "analyzer/report/rule_help.h"

#define SCHEMA_URI                                                                                 \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                          \
    "sarif-schema-2.1.0.json"

const char *sarif_level(enum result_level level)
{
    static const char *const words[] = {"note", "warning", "error"};
    return words[level];
}

static struct json_object *string(const struct results *results, const char *text)
{
    return json_value_string(results->arena, text);
}

static struct json_object *text_object(const struct results *results, const char *text)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "text", string(results, text));
    return object;
}

static struct json_object *help_object(const struct results *results, const struct rule_help *rule)
{
    struct arena *arena = results->arena;
    struct json_object *help =
        text_object(results, arena_printf(arena, "%s. %s. What helps: %s.", rule->text,
                                          rule->follow, rule->remedy));
    json_value_set(
        help, "markdown",
        string(results, arena_printf(arena,
                                     "## %s\n\nWhat is wrong: %s.\n\n%s.\n\n"
                                     "**What helps:** %s.\n",
                                     rule->word, rule->text, rule->follow, rule->remedy)));
    return help;
}

/* "LockOrderCycle" */
static const char *friendly_name(struct arena *arena, const char *word)
{
    char *name = arena_strdup(arena, word);
    char *end = name;
    bool starts = true;
    for (; *word != '\0'; word++) {
        if (*word != '-') {
            *end++ = (char)(starts ? *word - 'a' + 'A' : *word);
        }
        starts = *word == '-';
    }
    *end = '\0';
    return name;
}

static struct json_object *rule_object(const struct results *results, const struct rule_help *rule)
{
    struct json_object *object = json_value_object();
    struct json_object *properties = json_value_object();
    struct json_object *tags = json_value_array();
    json_value_append(tags, string(results, "concurrency"));
    json_value_set(properties, "tags", tags);
    json_value_set(object, "id", string(results, rule->word));
    if (strchr(rule->word, '-') != NULL) { /* a name must not be the id in other letters */
        json_value_set(object, "name", string(results, friendly_name(results->arena, rule->word)));
    }
    json_value_set(object, "shortDescription",
                   text_object(results, arena_printf(results->arena, "%s.", rule->text)));
    json_value_set(object, "fullDescription",
                   text_object(results, arena_printf(results->arena, "%s.", rule->follow)));
    json_value_set(object, "help", help_object(results, rule));
    json_value_set(object, "properties", properties);
    return object;
}

static struct json_object *tool_object(const struct results *results)
{
    struct json_object *tool = json_value_object();
    struct json_object *driver = json_value_object();
    struct json_object *rules = json_value_array();
    for (size_t i = 0; i < rule_help_count(); i++) {
        json_value_append(rules, rule_object(results, rule_help_get(i)));
    }
    json_value_set(driver, "name", string(results, "unknot"));
    json_value_set(driver, "fullName", string(results, "unknot " UNKNOT_VERSION));
    json_value_set(driver, "version", string(results, UNKNOT_VERSION));
    json_value_set(driver, "semanticVersion", string(results, UNKNOT_VERSION));
    json_value_set(driver, "rules", rules);
    json_value_set(tool, "driver", driver);
    return tool;
}

static struct json_object *notification(const struct results *results, const struct note *note)
{
    static const char *const levels[] = {
        [NOTE_INFORMATION] = "note", [NOTE_INCOMPLETE] = "warning", [NOTE_FAILURE] = "error"};
    struct json_object *object = json_value_object();
    struct json_object *descriptor = json_value_object();
    json_value_set(descriptor, "id", string(results, note->id));
    json_value_set(object, "descriptor", descriptor);
    json_value_set(object, "level", string(results, levels[note->level]));
    json_value_set(object, "message", sarif_message(results->arena, note->text));
    return object;
}

static struct json_object *processes_of(const struct results *results)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < results->processes.count; i++) {
        const struct result_process *process = &results->processes.items[i];
        struct json_object *object = json_value_object();
        json_value_set(object, "pid", json_value_number(process->pid));
        json_value_set(object, "command", string(results, process->command));
        if (process->directory != NULL) {
            json_value_set(object, "directory", string(results, process->directory));
        }
        json_value_append(array, object);
    }
    return array;
}

static struct json_object *invocations(const struct results *results)
{
    struct json_object *array = json_value_array();
    struct json_object *invocation = json_value_object();
    struct json_object *notifications = json_value_array();
    struct json_object *properties = json_value_object();
    bool failed = false;
    for (size_t i = 0; i < results->notes.list.count; i++) {
        const struct note *note = &results->notes.list.items[i];
        failed |= note->level == NOTE_FAILURE;
        json_value_append(notifications, notification(results, note));
    }
    json_value_set(properties, "complete", json_value_boolean(results->complete));
    json_value_set(properties, "processes", processes_of(results));
    json_value_set(invocation, "executionSuccessful", json_value_boolean(!failed));
    json_value_set(invocation, "exitCode", json_value_number((uint64_t)results->exit_status));
    json_value_set(invocation, "toolExecutionNotifications", notifications);
    json_value_set(invocation, "properties", properties);
    json_value_append(array, invocation);
    return array;
}

static struct json_object *base_ids(const struct results *results)
{
    struct json_object *ids = json_value_object();
    struct json_object *root = json_value_object();
    const char *uri = artifact_uri(results->arena, results->source_root);
    bool is_slash = uri[strlen(uri) - 1] == '/';
    json_value_set(root, "uri",
                   string(results, arena_printf(results->arena, "%s%s", uri, is_slash ? "" : "/")));
    json_value_set(ids, SARIF_ROOT, root);
    return ids;
}

static void write_member(FILE *out, const char *name, struct json_object *value)
{
    fprintf(out, "      \"%s\": ", name);
    json_value_write_part(out, value, "      ");
    fputs(",\n", out);
}

/* One by one: together they may be more than json-c can hold in one string. */
static void write_all_results(FILE *out, const struct results *results)
{
    size_t told = results->list.count;
    size_t count = told + results->hidden.count;
    fputs("      \"results\": [", out);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "\n        " : ",\n        ", out);
        json_value_write_part(out,
                              i < told
                                  ? sarif_result(results, &results->list.items[i])
                                  : sarif_hidden_result(results, &results->hidden.items[i - told]),
                              "        ");
    }
    fputs(count == 0 ? "]\n" : "\n      ]\n", out);
}

void sarif_write_results(FILE *out, const struct results *results)
{
    fputs("{\n  \"$schema\": \"" SCHEMA_URI "\",\n  \"version\": \"2.1.0\",\n"
          "  \"runs\": [\n    {\n",
          out);
    write_member(out, "tool", tool_object(results));
    write_member(out, "invocations", invocations(results));
    if (results->source_root != NULL) {
        write_member(out, "originalUriBaseIds", base_ids(results));
    }
    write_all_results(out, results);
    fputs("    }\n  ]\n}\n", out);
}

void sarif_write(FILE *out, const struct report *report)
{
    struct results results;
    results_of_report(report, &results);
    sarif_write_results(out, &results);
}
