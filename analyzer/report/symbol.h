/* Names for the code and data addresses of recordings. One symbolizer serves all the processes of
 * a report: a library they share is opened once, an address is looked up once.
 *
 * Not thread-safe. Results live in the arena given at creation. */
#ifndef UNKNOT_REPORT_SYMBOL_H
#define UNKNOT_REPORT_SYMBOL_H

#include "analyzer/model/execution.h"
#include "analyzer/report/symbol_file.h"

struct symbolizer;

struct symbolizer *symbolizer_create(struct arena *arena);
void symbolizer_free(struct symbolizer *symbolizer);

/* The frames of a recorded stack, inlined ones included, innermost first, without ours. Empty for
 * an unknown stack. */
struct frame_list symbolizer_stack(struct symbolizer *symbolizer, const struct execution *execution,
                                   uint32_t stack);

/* The frames of one code address, which is not a return address. */
struct frame_list symbolizer_code(struct symbolizer *symbolizer, const struct execution *execution,
                                  trace_code_t code);

/* The frames of one return address: those of the call before it. */
struct frame_list symbolizer_call(struct symbolizer *symbolizer, const struct execution *execution,
                                  trace_code_t returns);

/* Where the function of that call starts and ends in its file; false when no symbol tells. */
__attribute__((warn_unused_result)) bool symbolizer_function(struct symbolizer *symbolizer,
                                                             const struct execution *execution,
                                                             trace_code_t returns, uint64_t *start,
                                                             uint64_t *end);

/* The symbol in its file that the address lies in, or of a return address the call before it, and
 * how far into it; NULL when there is none. */
const char *symbolizer_symbol(struct symbolizer *symbolizer, const struct execution *execution,
                              trace_code_t code, bool is_call, uint64_t *inside);

/* Whether the frame is one of our own library's. */
bool symbolizer_is_own(const struct frame *frame);

/* The name of what lies at `location`, "prog+0x4010" without symbols, and where it is defined; no
 * name when `location` is in no module. */
struct data_name symbolizer_data(struct symbolizer *symbolizer, const struct execution *execution,
                                 trace_code_t location);

/* "f1", or "prog+0x1234" when the function is not known. */
const char *frame_function(struct arena *arena, const struct frame *frame);

/* Calls visit once for each file that was needed and could not be used. */
void symbolizer_each_unusable(const struct symbolizer *symbolizer,
                              void (*visit)(const char *path, enum symbol_file_state state,
                                            void *context),
                              void *context);

#endif
