#include <inttypes.h>
#include "analyzer/report/place.h"
#include "analyzer/report/source.h"
#include "analyzer/report/text.h"

#define SHORT_STACK_FRAMES 8
#define ORIGIN_FRAMES      3

/* "demo.c:12 in f1", or "f1" without line numbers. The whole signature where all is shown. */
static const char *frame_text(const struct text *text, const struct execution *execution,
                              const struct frame *frame)
{
    const char *function = text->report->options.all_stacks ? frame_function(text->arena, frame)
                                                            : place_function(text->arena, frame);
    const char *line = place_line(text->arena, execution, frame);
    return text_safe(text, line == NULL ? function
                                        : arena_printf(text->arena, "%s in %s", line, function));
}

static void print_source(const struct text *text, const struct frame *frame, int indent)
{
    const char *line = frame->file != NULL && frame->line != 0
                           ? source_line(text->arena, frame->file, frame->line)
                           : NULL;
    if (line != NULL) {
        fprintf(text->out, "%*s| %s\n", indent, "", text_safe(text, line));
    }
}

/* The frames that called frames[0], at most `limit` of them. */
static void print_callers(const struct text *text, const struct execution *execution,
                          struct frame_list frames, size_t limit, int indent)
{
    for (size_t i = 1; i < frames.count && i <= limit; i++) {
        fprintf(text->out, "%*sfrom %s%s\n", indent, "",
                frame_text(text, execution, &frames.frames[i]),
                frames.frames[i].inlined ? " (inlined)" : "");
    }
    if (frames.count > limit + 1) {
        fprintf(text->out, "%*s... %zu more (--stacks=all)\n", indent, "",
                frames.count - limit - 1);
    }
}

static void print_all_frames(const struct text *text, const struct execution *execution,
                             struct frame_list frames, int indent)
{
    for (size_t i = 0; i < frames.count; i++) {
        const struct frame *frame = &frames.frames[i];
        fprintf(text->out, "%*s#%zu %s  [%s+0x%" PRIx64 "]%s\n", indent, "", i,
                frame_text(text, execution, frame), text_safe(text, frame->module), frame->offset,
                frame->inlined ? " (inlined)" : "");
    }
}

void text_print_place(const struct text *text, const struct execution *execution, uint32_t stack_id,
                      const char *before)
{
    const int indent = 10;
    struct frame_list stack = symbolizer_stack(text->report->symbolizer, execution, stack_id);
    if (stack.count == 0) {
        fprintf(text->out, "%san unknown place\n", before);
        return;
    }
    struct frame_list program = place_program_frames(stack);
    fprintf(text->out, "%s%s\n", before, frame_text(text, execution, &program.frames[0]));
    print_source(text, &program.frames[0], indent);
    if (text->report->options.all_stacks && execution->places == NULL) {
        print_all_frames(text, execution, stack, indent);
    } else {
        print_callers(text, execution, program, SHORT_STACK_FRAMES - 1, indent);
    }
    const struct stack *recorded = execution_find_stack(execution, stack_id);
    if (recorded != NULL && recorded->truncated) {
        fprintf(text->out, "%*s(the recorded stack ends here)\n", indent, "");
    }
}

void text_print_origin(const struct text *text, const struct execution *execution,
                       uint32_t stack_id)
{
    struct frame_list program =
        place_program_frames(symbolizer_stack(text->report->symbolizer, execution, stack_id));
    if (program.count == 0) {
        fputs("at an unknown place\n", text->out);
        return;
    }
    fprintf(text->out, "at %s\n", frame_text(text, execution, &program.frames[0]));
    if (program.count > ORIGIN_FRAMES && !text->report->options.all_stacks) {
        program.count = ORIGIN_FRAMES;
    }
    print_callers(text, execution, program, program.count, 10);
}
