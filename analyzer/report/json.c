#include "analyzer/report/json.h"

#include "analyzer/report/applied_fix.h"
#include "analyzer/report/json_finding.h"
#include "analyzer/report/json_value.h"

#define SCHEMA_VERSION 1

/* What one recording lost; only what it did lose. */
static struct json_object *process_lost(const struct execution *execution)
{
    struct json_object *object = json_value_object();
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        if (execution->lost[i] != 0) {
            json_value_set(object, trace_lost_name((enum trace_lost)i),
                           json_value_number(execution->lost[i]));
        }
    }
    return object;
}

static struct json_object *unseen_array(const struct report *report, const struct unseen *unseen)
{
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < unseen->texts.count; i++) {
        json_value_append(array, json_value_string(report->arena, unseen->texts.items[i]));
    }
    return array;
}

static struct json_object *fixes_array(const struct report *report,
                                       const struct execution *execution)
{
    struct arena *arena = report->arena;
    struct json_object *array = json_value_array();
    for (size_t i = 0; i < execution->fix_count; i++) {
        const struct applied_fix *fix = &execution->fixes_applied[i];
        struct json_object *object = json_value_object();
        json_value_set(object, "kind", json_value_string(arena, applied_fix_word(fix->kind)));
        json_value_set(object, "name", json_value_string(arena, fix->name));
        json_value_set(object, "plan", json_value_string(arena, fix->plan));
        json_value_set(object, "locks", json_value_number(fix->locks));
        json_value_set(object, "left", json_value_number(fix->left));
        json_value_set(object, "acquisitions", json_value_number(fix->acquisitions));
        json_value_set(object, "waits", json_value_number(fix->waits));
        json_value_set(object, "text", json_value_string(arena, applied_fix_text(arena, fix)));
        json_value_append(array, object);
    }
    return array;
}

static struct json_object *process_object(const struct report *report,
                                          const struct report_process *process)
{
    const struct execution *execution = &process->execution;
    struct json_object *object = json_value_object();
    struct json_object *arguments = json_value_array();
    for (size_t i = 0; i < execution->argument_count; i++) {
        json_value_append(arguments, json_value_string(report->arena, execution->arguments[i]));
    }
    json_value_set(object, "pid", json_value_number(execution->pid));
    json_value_set(object, "exe", json_value_string(report->arena, execution->executable));
    json_value_set(object, "argv", arguments);
    json_value_set(object, "complete", json_value_boolean(report_process_is_complete(process)));
    json_value_set(object, "lost", process_lost(execution));
    json_value_set(object, "unseen", unseen_array(report, &process->unseen));
    if (execution->fix_count != 0) {
        json_value_set(object, "fixes_applied", fixes_array(report, execution));
    }
    return object;
}

static struct json_object *lost_object(const struct report *report)
{
    struct json_object *object = json_value_object();
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        uint64_t count = 0;
        for (size_t j = 0; j < report->process_count; j++) {
            count += report->processes[j].execution.lost[i];
        }
        json_value_set(object, trace_lost_name((enum trace_lost)i), json_value_number(count));
    }
    return object;
}

/* The document's members are written one by one, and the entries of its lists too: together they
 * may be more than json-c can hold in one string. */
struct writer {
    FILE *out;
    size_t members; /* so far */
    size_t entries; /* of the list that is open, so far */
};

static void write_name(struct writer *writer, const char *name)
{
    fprintf(writer->out, "%s\n  \"%s\": ", writer->members++ == 0 ? "{" : ",", name);
}

static void write_member(struct writer *writer, const char *name, struct json_object *value)
{
    write_name(writer, name);
    json_value_write_part(writer->out, value, "  ");
}

static void begin_list(struct writer *writer, const char *name)
{
    write_name(writer, name);
    fputc('[', writer->out);
    writer->entries = 0;
}

static void write_entry(struct writer *writer, struct json_object *value)
{
    fprintf(writer->out, "%s\n    ", writer->entries++ == 0 ? "" : ",");
    json_value_write_part(writer->out, value, "    ");
}

static void end_list(struct writer *writer)
{
    fputs(writer->entries == 0 ? "]" : "\n  ]", writer->out);
}

static void write_processes(struct writer *writer, const struct report *report)
{
    begin_list(writer, "processes");
    for (size_t i = 0; i < report->process_count; i++) {
        if (!report->processes[i].execution.of_recordings) {
            write_entry(writer, process_object(report, &report->processes[i]));
        }
    }
    end_list(writer);
}

static void write_findings(struct writer *writer, const struct report *report)
{
    begin_list(writer, "findings");
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            write_entry(writer,
                        json_finding(report, &report->processes[i], &analysis->findings[j]));
        }
    }
    end_list(writer);
}

static void write_hidden(struct writer *writer, const struct report *report, bool known)
{
    begin_list(writer, known ? "known" : "suppressed");
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->hidden_count; j++) {
            const struct hidden_finding *hidden = &analysis->hidden[j];
            if ((hidden->suppression == NULL) == known) {
                struct json_object *object =
                    json_finding(report, &report->processes[i], &hidden->finding);
                if (!known) {
                    json_value_set(object, "suppression",
                                   json_value_string(report->arena, hidden->suppression));
                }
                write_entry(writer, object);
            }
        }
    }
    end_list(writer);
}

static struct json_object *unused_object(const struct report *report,
                                         const struct unused_suppression *unused)
{
    struct json_object *object = json_value_object();
    json_value_set(object, "file", json_value_string(report->arena, unused->file));
    json_value_set(object, "line", json_value_number(unused->line));
    json_value_set(object, "name", json_value_string(report->arena, unused->name));
    return object;
}

/* Only where there were suppressions, or a baseline. */
static void write_all_hidden(struct writer *writer, const struct report *report)
{
    const struct hidden_summary *hidden = &report->hidden;
    if (hidden->has_suppressions) {
        write_hidden(writer, report, false);
        begin_list(writer, "unused_suppressions");
        for (size_t i = 0; i < hidden->unused_count; i++) {
            write_entry(writer, unused_object(report, &hidden->unused[i]));
        }
        end_list(writer);
    }
    if (hidden->baseline != NULL) {
        write_hidden(writer, report, true);
    }
}

/* Whether every cycle set aside was found. */
static bool write_dismissed(struct writer *writer, const struct report *report)
{
    bool complete = true;
    begin_list(writer, "dismissed");
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        complete &= analysis->dismissed_bound_hit == 0;
        for (size_t j = 0; j < analysis->dismissed_count; j++) {
            write_entry(writer, json_dismissed(report, &analysis->dismissed[j]));
        }
    }
    end_list(writer);
    return complete;
}

void json_write(FILE *out, const struct report *report)
{
    struct writer writer = {.out = out};
    write_member(&writer, "schema", json_value_number(SCHEMA_VERSION));
    write_member(&writer, "complete", json_value_boolean(report_is_complete(report)));
    write_member(&writer, "lost", lost_object(report));
    write_processes(&writer, report);
    write_findings(&writer, report);
    write_all_hidden(&writer, report);
    bool complete = write_dismissed(&writer, report);
    write_member(&writer, "dismissed_complete", json_value_boolean(complete));
    fputs("\n}\n", out);
}
