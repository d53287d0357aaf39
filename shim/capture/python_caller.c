#include "shim/capture/python_caller.h"

#include <dlfcn.h>
#include <string.h>

#include "shim/capture/module.h"

struct python_interpreter python_interpreter;

static uintptr_t code_type, tuple_type, string_type;
static void *(*this_thread_state)(void);

/* Py_Version, without its last two parts. */
enum { VERSION_SHIFT = 16, VERSION_3_11 = 0x030b };

/* Where things lie in CPython 3.11, in bytes. */
enum {
    OBJECT_TYPE = 8,
    OBJECT_SIZE = 16, /* of a tuple in items, of a code object in instructions */
    THREAD_FRAMES = 56,
    FRAMES_CURRENT = 8,
    FRAME_CODE = 32,
    FRAME_INSTRUCTION = 56,
    CODE_NAMES = 32,
    CODE_INSTRUCTIONS = 184,
    TUPLE_ITEMS = 24,
    STRING_BYTES = 16,
    STRING_STATE = 32,
    STRING_TEXT = 48,
    STRING_PLAIN = 3 << 5, /* compact and ASCII, in its state */
};

/* Opcodes of CPython 3.11, also as it rewrites them while it runs. */
enum {
    BEFORE_WITH = 53,
    PRECALL = 166,
    PRECALL_ADAPTIVE = 64,
    CALL = 171,
    CALL_ADAPTIVE = 22,
    LOAD_METHOD = 160,
    EXTENDED_ARG = 144,
    EXTENDED_ARG_QUICK = 34,
};
static const uint8_t load_method[] = {LOAD_METHOD, 56, 57, 58, 59, 62, 63};

/* From a call back to what begins it, in instructions, with the caches that follow each. */
enum { CALL_TO_PRECALL = 2, CALL_TO_LOAD_METHOD = 13 };

struct instruction {
    uint8_t opcode, argument;
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

static bool is_string(uintptr_t object, const char *text)
{
    size_t bytes = strlen(text);
    return word_at(object, STRING_BYTES) == bytes &&
           memcmp((const void *)(object + STRING_TEXT), text, bytes) == 0;
}

static bool names_an_acquisition(uintptr_t code, uint8_t index)
{
    uintptr_t names = word_at(code, CODE_NAMES);
    if (!is_of_type(names, tuple_type) || index >= word_at(names, OBJECT_SIZE))
        return false;
    uintptr_t name = word_at(names, TUPLE_ITEMS + index * sizeof(uintptr_t));
    if (!is_of_type(name, string_type) ||
        (word_at(name, STRING_STATE) & STRING_PLAIN) != STRING_PLAIN)
        return false;
    return is_string(name, "acquire") || is_string(name, "__enter__");
}

/* `at` is the call, the number of instructions before it `before`. */
static bool calls_an_acquisition(uintptr_t code, const struct instruction *at, size_t before)
{
    if ((at->opcode != CALL && at->opcode != CALL_ADAPTIVE) || at->argument != 0 ||
        before <= CALL_TO_LOAD_METHOD)
        return false;
    const struct instruction *precall = at - CALL_TO_PRECALL, *load = at - CALL_TO_LOAD_METHOD;
    if (precall->opcode != PRECALL && precall->opcode != PRECALL_ADAPTIVE)
        return false;
    if (!memchr(load_method, load->opcode, sizeof(load_method)) ||
        load[-1].opcode == EXTENDED_ARG || load[-1].opcode == EXTENDED_ARG_QUICK)
        return false;
    return names_an_acquisition(code, load->argument);
}

bool python_caller_waits_slow(void)
{
    uintptr_t thread = (uintptr_t)this_thread_state();
    uintptr_t frames = thread ? word_at(thread, THREAD_FRAMES) : 0;
    uintptr_t frame = frames ? word_at(frames, FRAMES_CURRENT) : 0;
    uintptr_t code = frame ? word_at(frame, FRAME_CODE) : 0;
    if (!is_of_type(code, code_type))
        return false;
    uintptr_t first = code + CODE_INSTRUCTIONS, at = word_at(frame, FRAME_INSTRUCTION);
    size_t before = (at - first) / sizeof(struct instruction);
    if (at < first || before >= word_at(code, OBJECT_SIZE))
        return false;
    const struct instruction *instruction = (const struct instruction *)at;
    return instruction->opcode == BEFORE_WITH || calls_an_acquisition(code, instruction, before);
}

void python_caller_start(void)
{
    const unsigned long *version = dlsym(RTLD_DEFAULT, "Py_Version");
    if (!version || *version >> VERSION_SHIFT != VERSION_3_11)
        return;
    void *get_state = dlsym(RTLD_DEFAULT, "PyGILState_GetThisThreadState");
    void *acquire = dlsym(RTLD_DEFAULT, "PyThread_acquire_lock_timed");
    code_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyCode_Type");
    tuple_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyTuple_Type");
    string_type = (uintptr_t)dlsym(RTLD_DEFAULT, "PyUnicode_Type");
    struct module_place interpreter;
    if (!get_state || !acquire || !code_type || !tuple_type || !string_type ||
        !module_find((uintptr_t)acquire, &interpreter))
        return;
    memcpy(&this_thread_state, &get_state, sizeof(this_thread_state));
    python_interpreter.start = interpreter.start;
    python_interpreter.bytes = interpreter.end - interpreter.start;
}
