/* The parts of the report in JSON that tell a finding: json_finding.c, and for what it is about
 * json_step.c, json_deadlock.c and json_misuse.c; json_fix.c. Without memory the command ends, as
 * json.h says.
 */
#ifndef UNKNOT_REPORT_JSON_FINDING_H
#define UNKNOT_REPORT_JSON_FINDING_H

#include <json-c/json.h>
#include "analyzer/report/format.h"

struct json_object *json_finding(const struct report *report, const struct report_process *process,
                                 const struct finding *finding);
struct json_object *json_dismissed(const struct report *report, const struct dismissed *dismissed);

/* Set the members that tell the deadlock that happened, or the misuse. */
void json_add_deadlock(struct json_object *object, const struct report *report,
                       const struct finding *finding);
void json_add_misuse(struct json_object *object, const struct report *report,
                     const struct finding *finding);

/* The fixes of a finding, or what helps in general. */
struct json_object *json_fixes(const struct report *report, const struct finding *finding);

/* Set the members of a cycle: its process, locks and steps; its title. */
void json_add_cycle(struct json_object *object, const struct report *report,
                    const struct execution *execution, const struct cycle_step *steps,
                    size_t step_count);
void json_set_cycle_title(struct json_object *object, const struct report *report,
                          const struct execution *execution, const struct cycle_step *steps,
                          size_t step_count);

struct json_object *json_step(const struct report *report, const struct execution *execution,
                              const struct cycle_step *step);
struct json_object *json_stack(const struct report *report, const struct execution *execution,
                               uint32_t stack);
struct json_object *json_lock(const struct report *report, const struct execution *execution,
                              uint32_t id);
struct json_object *json_locks(const struct report *report, const struct execution *execution,
                               const struct cycle_step *steps, size_t step_count);

/* The process that the thread is of. */
uint32_t json_thread_pid(const struct execution *execution, uint32_t id);

#endif
