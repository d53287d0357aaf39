#include "shim/capture/python_caller.h"

#include <dlfcn.h>
#include <string.h>

#include "shim/capture/module.h"

struct python_interpreter python_interpreter;

/* Where things lie in one version of CPython, in bytes, and the opcodes that matter, also as it
 * rewrites them while it runs. Sets of opcodes end with 0. */
struct layout {
    char version[6]; /* as Py_GetVersion begins */
    uint16_t thread_frame;
    int16_t frame_of_frame; /* the running frame in what the thread points at, -1 if that is it */
    uint16_t frame_code, frame_instruction;
    uint16_t instruction_bytes; /* a frame counts instructions in these; 0: it has a pointer */
    uint16_t code_names, code_instructions;
    uint16_t string_text;
    uint8_t with, calls[3], precalls[3], loads[13];
    uint8_t call_to_precall, call_to_load; /* how many before the call, with the caches between */
    uint8_t name_shift;                    /* of the argument of a load */
};

static const struct layout layouts[] = {
    {.version = "3.8.",
     .thread_frame = 24,
     .frame_of_frame = -1,
     .frame_code = 32,
     .frame_instruction = 104,
     .instruction_bytes = 1,
     .code_names = 64,
     .code_instructions = 48,
     .string_text = 48,
     .with = 143,
     .calls = {161},
     .loads = {160},
     .call_to_load = 1},
    {.version = "3.9.",
     .thread_frame = 24,
     .frame_of_frame = -1,
     .frame_code = 32,
     .frame_instruction = 104,
     .instruction_bytes = 1,
     .code_names = 64,
     .code_instructions = 48,
     .string_text = 48,
     .with = 143,
     .calls = {161},
     .loads = {160},
     .call_to_load = 1},
    {.version = "3.10.",
     .thread_frame = 24,
     .frame_of_frame = -1,
     .frame_code = 32,
     .frame_instruction = 96,
     .instruction_bytes = 2,
     .code_names = 64,
     .code_instructions = 48,
     .string_text = 48,
     .with = 143,
     .calls = {161},
     .loads = {160},
     .call_to_load = 1},
    {.version = "3.11.",
     .thread_frame = 56,
     .frame_of_frame = 8,
     .frame_code = 32,
     .frame_instruction = 56,
     .code_names = 32,
     .code_instructions = 184,
     .string_text = 48,
     .with = 53,
     .calls = {171, 22},
     .precalls = {166, 64},
     .loads = {160, 56, 57, 58, 59, 62, 63},
     .call_to_precall = 2,
     .call_to_load = 13},
    {.version = "3.12.",
     .thread_frame = 56,
     .frame_of_frame = 0,
     .frame_code = 0,
     .frame_instruction = 56,
     .code_names = 32,
     .code_instructions = 192,
     .string_text = 40,
     .with = 53,
     .calls = {171},
     .loads = {106, 70, 72, 73, 76, 77, 78, 79, 80, 81, 82},
     .call_to_load = 10,
     .name_shift = 1},
};

/* The same in all of them. */
enum {
    OBJECT_TYPE = 8,
    OBJECT_SIZE = 16, /* in items; of code that holds its instructions, in these */
    TUPLE_ITEMS = 24,
    BYTES_TEXT = 32,
    STRING_BYTES = 16,
    STRING_STATE = 32,
    STRING_PLAIN = 3 << 5, /* in its state: compact and ASCII */
    EXTENDED_ARG = 144,
    EXTENDED_ARG_QUICK = 34, /* of 3.11 */
};

static const struct layout *layout;
static uintptr_t code_type, tuple_type, string_type, bytes_type;
static void *(*this_thread_state)(void);

struct instruction {
    uint8_t opcode, argument;
};

struct code {
    uintptr_t object;
    const struct instruction *first;
    size_t count;
};

static uintptr_t word_at(uintptr_t address, size_t offset)
{
    uintptr_t word;
    memcpy(&word, (const void *)(address + offset), sizeof(word));
    return word;
}

static bool is_of_type(uintptr_t object, uintptr_t type)
{
    return object && word_at(object, OBJECT_TYPE) == type;
}

static bool is_one_of(const uint8_t *opcodes, uint8_t opcode)
{
    while (*opcodes && *opcodes != opcode)
        opcodes++;
    return *opcodes;
}

static uintptr_t running_frame(void)
{
    uintptr_t thread = (uintptr_t)this_thread_state();
    uintptr_t frame = thread ? word_at(thread, layout->thread_frame) : 0;
    return frame && layout->frame_of_frame >= 0 ? word_at(frame, (size_t)layout->frame_of_frame)
                                                : frame;
}

static bool find_code(uintptr_t frame, struct code *code)
{
    uintptr_t object = word_at(frame, layout->frame_code), first, bytes;
    if (!is_of_type(object, code_type))
        return false;
    if (layout->instruction_bytes) {
        uintptr_t text = word_at(object, layout->code_instructions);
        if (!is_of_type(text, bytes_type))
            return false;
        first = text + BYTES_TEXT;
        bytes = word_at(text, OBJECT_SIZE);
    } else {
        first = object + layout->code_instructions;
        bytes = word_at(object, OBJECT_SIZE) * sizeof(struct instruction);
    }
    *code = (struct code){object, (const struct instruction *)first,
                          bytes / sizeof(struct instruction)};
    return true;
}

/* The number of the instruction being executed; a large one if there is none yet. */
static size_t find_instruction(uintptr_t frame, const struct code *code)
{
    uintptr_t at = word_at(frame, layout->frame_instruction);
    if (!layout->instruction_bytes)
        return (at - (uintptr_t)code->first) / sizeof(struct instruction);
    return (size_t)(intptr_t)(int32_t)at * layout->instruction_bytes / sizeof(struct instruction);
}

static bool is_string(uintptr_t object, const char *text)
{
    size_t bytes = strlen(text);
    return word_at(object, STRING_BYTES) == bytes &&
           memcmp((const void *)(object + layout->string_text), text, bytes) == 0;
}

static bool names_an_acquisition(uintptr_t code, size_t index)
{
    uintptr_t names = word_at(code, layout->code_names);
    if (!is_of_type(names, tuple_type) || index >= word_at(names, OBJECT_SIZE))
        return false;
    uintptr_t name = word_at(names, TUPLE_ITEMS + index * sizeof(uintptr_t));
    if (!is_of_type(name, string_type) ||
        (word_at(name, STRING_STATE) & STRING_PLAIN) != STRING_PLAIN)
        return false;
    return is_string(name, "acquire") || is_string(name, "__enter__");
}

static bool calls_an_acquisition(const struct code *code, size_t number)
{
    const struct instruction *call = &code->first[number];
    if (!is_one_of(layout->calls, call->opcode) || call->argument != 0 ||
        number <= layout->call_to_load)
        return false;
    if (layout->call_to_precall &&
        !is_one_of(layout->precalls, call[-layout->call_to_precall].opcode))
        return false;
    const struct instruction *load = call - layout->call_to_load;
    if (!is_one_of(layout->loads, load->opcode) || load[-1].opcode == EXTENDED_ARG ||
        load[-1].opcode == EXTENDED_ARG_QUICK)
        return false;
    return names_an_acquisition(code->object, (size_t)load->argument >> layout->name_shift);
}

bool python_caller_waits_slow(void)
{
    struct code code;
    uintptr_t frame = running_frame();
    if (!frame || !find_code(frame, &code))
        return false;
    size_t number = find_instruction(frame, &code);
    return number < code.count &&
           (code.first[number].opcode == layout->with || calls_an_acquisition(&code, number));
}

static const struct layout *find_layout(void)
{
    void *found = dlsym(RTLD_DEFAULT, "Py_GetVersion");
    const char *(*get_version)(void);
    if (!found)
        return NULL;
    memcpy(&get_version, &found, sizeof(get_version));
    const char *version = get_version();
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        if (strncmp(version, layouts[i].version, strlen(layouts[i].version)) == 0)
            return &layouts[i];
    }
    return NULL;
}

void python_caller_start(void)
{
    layout = find_layout();
    if (!layout)
        return;
    void *get_state = dlsym(RTLD_DEFAULT, "PyGILState_GetThisThreadState");
    code_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyCode_Type");
    tuple_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyTuple_Type");
    string_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyUnicode_Type");
    bytes_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyBytes_Type");
    struct module_place interpreter;
    if (!get_state || !code_type || !tuple_type || !string_type || !bytes_type ||
        !module_find((uintptr_t)get_state, &interpreter))
        return;
    memcpy(&this_thread_state, &get_state, sizeof(this_thread_state));
    python_interpreter.start = interpreter.start;
    python_interpreter.bytes = interpreter.end - interpreter.start;
}
