#include <inttypes.h>
#include <string.h>
#include "analyzer/diagnose/hang_report.h"
#include "analyzer/diagnose/hang_words.h"
#include "analyzer/diagnose/system_call.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/place.h"
#include "analyzer/report/source.h"
#include "analyzer/report/text.h"

#define SHORT_STACK_FRAMES 8
#define THREADS_SHOWN_MAX  8
#define NANOSECONDS_PER_MS 1000000u
#define DETAIL_INDENT      10

struct writer {
    struct text text; /* of the reports on recordings: headings and escaping */
    struct report report;
    struct subject *subject;
    const struct diagnosis *diagnosis;
    bool all_stacks;
};

static const char *safe(const struct writer *writer, const char *name)
{
    return text_safe(&writer->text, name);
}

/* "demo.c:12 in f1", or "f1" without line numbers. */
static const char *frame_text(const struct writer *writer, const struct frame *frame)
{
    struct arena *arena = writer->subject->arena;
    const char *function =
        writer->all_stacks ? frame_function(arena, frame) : place_function(arena, frame);
    const char *line = place_line(arena, &writer->subject->execution, frame);
    return safe(writer, line == NULL ? function : arena_printf(arena, "%s in %s", line, function));
}

static void print_callers(const struct writer *writer, struct frame_list frames, size_t first)
{
    size_t limit = writer->all_stacks ? SIZE_MAX : SHORT_STACK_FRAMES;
    for (size_t i = first; i < frames.count && i < limit; i++) {
        fprintf(writer->text.out, "%*s%s %s%s\n", DETAIL_INDENT, "", i == 0 ? "in C:" : "from",
                frame_text(writer, &frames.frames[i]),
                frames.frames[i].inlined ? " (inlined)" : "");
    }
    if (frames.count > limit) {
        fprintf(writer->text.out, "%*s... %zu more (--stacks=all)\n", DETAIL_INDENT, "",
                frames.count - limit);
    }
}

/* Ends a line with the place where the thread stands, then shows how it got there: in Python first,
 * if it runs Python. */
static void print_place(const struct writer *writer, const struct wait *wait)
{
    struct frame_list native = writer->all_stacks ? wait->stack : wait_program_frames(wait);
    struct frame_list python = hang_python_stack(writer->subject, wait->thread);
    struct frame_list first = python.count != 0 ? python : native;
    if (first.count == 0) {
        fputs(" at an unknown place\n", writer->text.out);
        return;
    }
    fprintf(writer->text.out, " at %s\n", frame_text(writer, &first.frames[0]));
    const char *line =
        first.frames[0].file != NULL && first.frames[0].line != 0
            ? source_line(writer->subject->arena, first.frames[0].file, first.frames[0].line)
            : NULL;
    if (line != NULL) {
        fprintf(writer->text.out, "%*s| %s\n", DETAIL_INDENT, "", safe(writer, line));
    }
    print_callers(writer, first, 1);
    if (python.count != 0 && writer->all_stacks) {
        print_callers(writer, native, 0);
    }
}

/* What is known of what a thread holds: the things that others wait for. */
static void print_holds(const struct writer *writer, const struct target_thread *thread)
{
    const struct diagnosis *diagnosis = writer->diagnosis;
    const char *told = "";
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        const struct wait *wait = &diagnosis->waits[i];
        if (!hang_is_held_by(wait, thread) || wait->kind == WAIT_JOIN) {
            continue;
        }
        bool runs = wait->kind == WAIT_ONCE || wait->kind == WAIT_GUARD;
        const char *line = arena_printf(
            writer->subject->arena, "     %s %s%s%s\n", runs ? "runs the initialiser of" : "holds",
            safe(writer, hang_lock_name(writer->subject, wait)),
            wait->taken.line != 0 ? ", taken at " : "",
            wait->taken.line != 0 ? frame_text(writer, &wait->taken) : "");
        if (strstr(told, line) == NULL) {
            fputs(line, writer->text.out);
            told = arena_printf(writer->subject->arena, "%s%s", told, line);
        }
    }
}

/* " (held by thread 12)"; nothing where the wait itself says it. */
static const char *holder_text(const struct writer *writer, const struct wait *wait)
{
    return wait->kind == WAIT_JOIN ? ""
                                   : arena_printf(writer->subject->arena, " (%s%s)",
                                                  safe(writer, hang_holder(writer->subject, wait)),
                                                  wait->timed ? "; only for a time" : "");
}

static void print_step(const struct writer *writer, const struct hang *hang,
                       const struct wait *wait)
{
    fprintf(writer->text.out, "   %s\n",
            safe(writer, subject_thread_name(writer->subject, wait->thread)));
    print_holds(writer, wait->thread);
    fprintf(writer->text.out, "     %s%s", safe(writer, hang_wants(writer->subject, wait)),
            hang->sort == HANG_CIRCLE || hang->sort == HANG_SELF ? "" : holder_text(writer, wait));
    print_place(writer, wait);
}

/* "thread 12 wants lock_A at f (main.c:5)" */
static const char *wait_line(const struct writer *writer, const struct wait *wait)
{
    struct subject *subject = writer->subject;
    struct frame_list python = hang_python_stack(subject, wait->thread);
    struct frame_list native = wait_program_frames(wait);
    struct frame_list stack = python.count != 0 ? python : native;
    const char *at = stack.count != 0 ? frame_text(writer, &stack.frames[0]) : "an unknown place";
    return arena_printf(subject->arena, "%s %s at %s",
                        safe(writer, subject_thread_name(subject, wait->thread)),
                        safe(writer, hang_wants(subject, wait)), at);
}

static void print_behind(const struct writer *writer, const struct hang *hang)
{
    size_t shown = writer->all_stacks || hang->behind_count <= THREADS_SHOWN_MAX
                       ? hang->behind_count
                       : THREADS_SHOWN_MAX;
    if (hang->behind_count != 0) {
        fputs("   stuck behind:\n", writer->text.out);
    }
    for (size_t i = 0; i < shown; i++) {
        fprintf(writer->text.out, "     %s\n", wait_line(writer, hang->behind[i]));
    }
    if (shown < hang->behind_count) {
        fprintf(writer->text.out, "     ... %zu more (--stacks=all)\n", hang->behind_count - shown);
    }
}

static void print_lock(const struct writer *writer, const struct wait *wait)
{
    struct subject *subject = writer->subject;
    struct arena *arena = subject->arena;
    const struct execution *execution = &subject->execution;
    const struct lock *lock = execution_find_lock(execution, wait->lock);
    if (lock == NULL) {
        return;
    }
    const char *kind =
        lock->kind == TRACE_LOCK_CUSTOM ? wait_kind_text(wait->kind) : names_lock_kind(arena, lock);
    fprintf(writer->text.out, "     %s: %s", safe(writer, hang_lock_name(subject, wait)), kind);
    const struct target_module *module = target_find_module(subject->target, lock->address);
    if (module != NULL) {
        struct data_name data = symbolizer_data(subject->symbolizer, execution, lock->location);
        fprintf(writer->text.out, ", static in %s",
                safe(writer, place_file(arena, execution, module->path)));
        if (data.file != NULL) {
            fprintf(writer->text.out, ", defined at %s:%" PRIu32,
                    safe(writer, place_file(arena, execution, data.file)), data.line);
        }
    } else if (lock->name == NULL || strstr(lock->name, " at 0x") == NULL) {
        fprintf(writer->text.out, " at 0x%" PRIx64, lock->address);
    }
    fputc('\n', writer->text.out);
}

static void print_locks(const struct writer *writer, const struct hang *hang)
{
    bool any = false;
    for (size_t i = 0; i < hang->count; i++) {
        const struct wait *wait = hang->waits[(i + hang->count - 1) % hang->count];
        bool seen = wait->kind == WAIT_JOIN;
        for (size_t j = 0; j < i && !seen; j++) {
            seen = hang->waits[(j + hang->count - 1) % hang->count]->lock == wait->lock;
        }
        if (!seen) {
            fputs(any ? "" : "   locks:\n", writer->text.out);
            print_lock(writer, wait);
            any = true;
        }
    }
}

static void print_hang(const struct writer *writer, size_t number, const struct hang *hang)
{
    FILE *out = writer->text.out;
    text_heading(&writer->text, "%zu. %s (%s): %s", number,
                 finding_kind_word(hang_finding_kind(hang)), confidence_word(hang_confidence(hang)),
                 safe(writer, hang_title(writer->subject, hang)));
    if (hang->sort == HANG_CIRCLE) {
        fputs("   Each waits for what the next one holds, for ever:\n", out);
    }
    size_t shown = hang->count;
    if (hang->sort == HANG_EVERYONE && !writer->all_stacks && shown > THREADS_SHOWN_MAX) {
        shown = THREADS_SHOWN_MAX;
    }
    for (size_t i = 0; i < shown; i++) {
        print_step(writer, hang, hang->waits[i]);
    }
    if (shown < hang->count) {
        fprintf(out, "   ... %zu more (--stacks=all)\n", hang->count - shown);
    }
    print_behind(writer, hang);
    print_locks(writer, hang);
    fprintf(out, "   what helps: %s\n   rule: %s\n\n",
            safe(writer, hang_remedy(writer->subject, hang)), hang_rule(hang));
}

/* What a thread does that is in no hang. */
static const char *doing(const struct writer *writer, struct target_thread *thread)
{
    struct subject *subject = writer->subject;
    struct arena *arena = subject->arena;
    const struct wait *wait = diagnosis_find_wait(writer->diagnosis, thread->tid);
    const char *name = safe(writer, subject_thread_name(subject, thread));
    if (wait != NULL) {
        return arena_printf(arena, "%s%s", wait_line(writer, wait),
                            wait->moved && wait->kind != WAIT_SPIN ? ", and ran in between"
                                                                   : holder_text(writer, wait));
    }
    struct frame_list python = hang_python_stack(subject, thread);
    struct frame_list stack = python.count != 0 ? python : subject_stack(subject, thread, false);
    const char *call = thread->in_syscall ? arena_printf(arena, "is in %s",
                                                         system_call_name(arena, thread->syscall))
                                          : "runs";
    struct frame_list program = wait_program_part(stack);
    return program.count == 0 ? arena_printf(arena, "%s %s", name, call)
                              : arena_printf(arena, "%s %s, at %s", name, call,
                                             frame_text(writer, &program.frames[0]));
}

static void print_others(const struct writer *writer)
{
    const struct target *target = writer->subject->target;
    size_t count = 0;
    for (size_t i = 0; i < target->thread_count; i++) {
        struct target_thread *thread = &target->threads[i];
        const struct wait *wait = diagnosis_find_wait(writer->diagnosis, thread->tid);
        if (wait != NULL && diagnosis_tells_wait(writer->diagnosis, wait)) {
            continue;
        }
        if (count == 0) {
            fprintf(writer->text.out, "%s\n",
                    writer->diagnosis->hang_count != 0 ? "the other threads:" : "the threads:");
        }
        if (writer->all_stacks || count < THREADS_SHOWN_MAX) {
            fprintf(writer->text.out, "   %s\n", doing(writer, thread));
        }
        count++;
    }
    if (!writer->all_stacks && count > THREADS_SHOWN_MAX) {
        fprintf(writer->text.out, "   ... %zu more (--stacks=all)\n", count - THREADS_SHOWN_MAX);
    }
    fputs(count != 0 ? "\n" : "", writer->text.out);
}

static void print_notes(const struct writer *writer)
{
    struct notes notes;
    hang_notes_collect(writer->diagnosis, &notes);
    for (size_t i = 0; i < notes.list.count; i++) {
        fprintf(writer->text.out, "note: %s\n", safe(writer, notes.list.items[i].text));
    }
}

static void print_verdict(const struct writer *writer)
{
    const struct diagnosis *diagnosis = writer->diagnosis;
    const struct target *target = writer->subject->target;
    const char *threads = text_count(&writer->text, target->thread_count, "thread");
    const char *looks =
        target->is_core
            ? "in a core, which shows one moment"
            : arena_printf(writer->subject->arena, "%s ran within %" PRIu64 " ms",
                           diagnosis->moved_count == 0 ? "none"
                                                       : arena_printf(writer->subject->arena, "%zu",
                                                                      diagnosis->moved_count),
                           diagnosis->interval_ns / NANOSECONDS_PER_MS);
    text_heading(&writer->text, "unknot: %s among %s; %s",
                 diagnosis->hang_count == 0
                     ? "no deadlock"
                     : text_count(&writer->text, diagnosis->hang_count, "deadlock"),
                 threads, looks);
}

static void writer_init(struct writer *writer, FILE *out, const struct hang_report *report)
{
    struct subject *subject = report->diagnosis->subject;
    *writer = (struct writer){
        .subject = subject, .diagnosis = report->diagnosis, .all_stacks = report->all_stacks};
    writer->report.options.color = report->color;
    writer->text = (struct text){out, subject->arena, &writer->report};
}

void hang_text_write_one(FILE *out, const struct hang_report *report, size_t index)
{
    struct writer writer;
    writer_init(&writer, out, report);
    print_hang(&writer, index + 1, &report->diagnosis->hangs[index]);
}

void hang_text_write(FILE *out, const struct hang_report *report)
{
    const struct target *target = report->diagnosis->subject->target;
    struct writer writer;
    writer_init(&writer, out, report);
    text_heading(&writer.text, "== %s %" PRIu32 ": %s",
                 target->is_core ? "core of process" : "process", target->pid,
                 safe(&writer, target->arguments));
    fputc('\n', out);
    for (size_t i = 0; i < report->diagnosis->hang_count; i++) {
        print_hang(&writer, i + 1, &report->diagnosis->hangs[i]);
    }
    print_others(&writer);
    print_notes(&writer);
    print_verdict(&writer);
}
