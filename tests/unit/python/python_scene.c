#include "tests/unit/python/python_scene.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* What the interpreter's table says in the scene. */
enum {
    RUNTIME_INTERPRETERS = 408,
    INTERPRETER_NEXT = 8,
    INTERPRETER_THREADS = 24,
    INTERPRETER_MODULES = 40,
    THREAD_NEXT = 16,
    THREAD_FRAME = 32,
    THREAD_ID = 48,
    THREAD_TID = 56,
    FRAME_PREVIOUS = 16,
    FRAME_CODE = 0,
    FRAME_INSTRUCTION = 40,
    FRAME_OWNER = 48,
    FRAME_LOCALS = 56,
    FRAME_GLOBALS = 24, /* not in the table */
    CODE_FILE = 88,
    CODE_NAME = 96,
    CODE_LINES = 104,
    CODE_FIRST_LINE = 80,
    CODE_LOCAL_NAMES = 120,
    CODE_EXCEPTIONS = 40, /* not in the table */
    CODE_STACK_SIZE = 64,
    CODE_LOCAL_COUNT = 72,
    CODE_INSTRUCTIONS = 128,
};

static const uint16_t table[][2] = {
    {40, RUNTIME_INTERPRETERS}, {64, INTERPRETER_NEXT},   {72, INTERPRETER_THREADS},
    {96, INTERPRETER_MODULES},  {192, THREAD_NEXT},       {208, THREAD_FRAME},
    {216, THREAD_ID},           {224, THREAD_TID},        {256, FRAME_PREVIOUS},
    {264, FRAME_CODE},          {272, FRAME_INSTRUCTION}, {280, FRAME_LOCALS},
    {288, FRAME_OWNER},         {320, CODE_FILE},         {336, CODE_NAME},
    {344, CODE_LINES},          {352, CODE_FIRST_LINE},   {368, CODE_LOCAL_NAMES},
    {384, CODE_INSTRUCTIONS},
};

static void put_bytes(struct python_scene *scene, uint64_t address, const void *bytes, size_t count)
{
    memcpy(scene->image + (address - SCENE_BASE), bytes, count);
}

void python_scene_put(struct python_scene *scene, uint64_t address, uint64_t word)
{
    put_bytes(scene, address, &word, sizeof word);
}

void python_scene_put_byte(struct python_scene *scene, uint64_t address, unsigned char byte)
{
    put_bytes(scene, address, &byte, 1);
}

static uint64_t room(struct python_scene *scene, size_t bytes)
{
    uint64_t address = SCENE_BASE + scene->used;
    scene->used += (bytes + 15) / 16 * 16;
    return address;
}

static uint64_t make_type(struct python_scene *scene, const char *name, uint64_t basic_size)
{
    uint64_t type = room(scene, 304);
    uint64_t text = room(scene, 64);
    put_bytes(scene, text, name, strlen(name));
    python_scene_put(scene, type + 24, text);
    python_scene_put(scene, type + 32, basic_size);
    return type;
}

struct types {
    uint64_t code, string, bytes, tuple, dict, lock, module, method;
};

static uint64_t make_object(struct python_scene *scene, uint64_t type, size_t bytes)
{
    uint64_t object = room(scene, bytes);
    python_scene_put(scene, object + 8, type);
    return object;
}

static uint64_t make_string(struct python_scene *scene, const struct types *types, const char *text)
{
    enum { ONE_BYTE = 1 << 2, COMPACT = 1 << 5, ASCII = 1 << 6 };
    uint64_t object = make_object(scene, types->string, 48 + strlen(text));
    python_scene_put(scene, object + 16, strlen(text));
    python_scene_put(scene, object + 32, ONE_BYTE | COMPACT | ASCII);
    put_bytes(scene, object + 40, text, strlen(text));
    return object;
}

static uint64_t make_bytes(struct python_scene *scene, const struct types *types,
                           const unsigned char *bytes, size_t count)
{
    uint64_t object = make_object(scene, types->bytes, 40 + count);
    python_scene_put(scene, object + 16, count);
    put_bytes(scene, object + 32, bytes, count);
    return object;
}

/* A dict of up to eight pairs whose keys are strings. */
static uint64_t make_dict(struct python_scene *scene, const struct types *types,
                          const uint64_t (*pairs)[2], size_t count)
{
    enum { KEYS_HEAD = 32, INDICES = 8 };
    uint64_t keys = room(scene, KEYS_HEAD + INDICES + 8 * 2 * sizeof(uint64_t));
    uint64_t dict = make_object(scene, types->dict, 48);
    python_scene_put(scene, dict + 32, keys);
    python_scene_put_byte(scene, keys + 8, 3);
    python_scene_put_byte(scene, keys + 9, 3);
    python_scene_put_byte(scene, keys + 10, 1);
    python_scene_put(scene, keys + 24, count);
    put_bytes(scene, keys + KEYS_HEAD + INDICES, pairs, count * sizeof *pairs);
    return dict;
}

/* Line 7 for the first two instructions, 9 for the next six; a with block, whose handler restores
 * a depth of two, around instructions 2 to 7. */
static uint64_t make_code(struct python_scene *scene, const struct types *types, const char *name)
{
    static const unsigned char lines[] = {0x80 | 13 << 3 | 1, 0, 0x80 | 12 << 3 | 5, 4, 8};
    static const unsigned char exceptions[] = {0x80 | 2, 6, 6, 2 << 1};
    uint64_t code = make_object(scene, types->code, CODE_INSTRUCTIONS + 32);
    uint64_t names = make_object(scene, types->tuple, 32);
    python_scene_put(scene, code + CODE_FILE, make_string(scene, types, "demo.py"));
    python_scene_put(scene, code + CODE_NAME, make_string(scene, types, name));
    python_scene_put(scene, code + CODE_LINES, make_bytes(scene, types, lines, sizeof lines));
    python_scene_put(scene, code + CODE_EXCEPTIONS,
                     make_bytes(scene, types, exceptions, sizeof exceptions));
    python_scene_put(scene, code + CODE_FIRST_LINE, 7);
    python_scene_put(scene, code + CODE_STACK_SIZE, 6);
    python_scene_put(scene, code + CODE_LOCAL_COUNT, 1);
    python_scene_put(scene, code + CODE_LOCAL_NAMES, names);
    return code;
}

/* Holds locks[number]: its __exit__ and the lock lie on the value stack, with the tags of 3.14. */
static uint64_t make_frame(struct python_scene *scene, const struct types *types, size_t number,
                           uint64_t globals)
{
    uint64_t code = make_code(scene, types, number == 0 ? "first" : "second");
    uint64_t frame = room(scene, FRAME_LOCALS + 8 * sizeof(uint64_t));
    uint64_t entry = room(scene, FRAME_LOCALS);
    uint64_t stack = frame + FRAME_LOCALS + sizeof(uint64_t);
    python_scene_put(scene, frame + FRAME_CODE, code | 1);
    python_scene_put(scene, frame + FRAME_PREVIOUS, entry);
    python_scene_put(scene, frame + FRAME_GLOBALS, globals);
    python_scene_put(scene, frame + FRAME_INSTRUCTION, code + CODE_INSTRUCTIONS + 2 * 4);
    python_scene_put(scene, stack, make_object(scene, types->method, 48) | 1);
    python_scene_put(scene, stack + 8, scene->locks[number] | 1);
    python_scene_put_byte(scene, entry + FRAME_OWNER, 3);
    return frame;
}

/* Asleep on a semaphore of its own, before which CPython keeps the address of the lock's byte. */
static void make_thread(struct python_scene *scene, size_t number)
{
    uint64_t state = room(scene, 64);
    uint64_t record = room(scene, 32);
    scene->states[number] = state;
    python_scene_put(scene, state + THREAD_FRAME, scene->frames[number]);
    python_scene_put(scene, state + THREAD_ID, 0x7000 + number);
    python_scene_put(scene, state + THREAD_TID, SCENE_TID(number));
    python_scene_put(scene, record, scene->locks[1 - number] + 16);
    scene->threads[number] = (struct target_thread){.tid = SCENE_TID(number),
                                                    .name = "",
                                                    .in_syscall = true,
                                                    .syscall = SYS_futex,
                                                    .arguments = {record + 8}};
}

static void make_runtime(struct python_scene *scene)
{
    uint64_t interpreter = room(scene, 64);
    python_scene_put(scene, interpreter + INTERPRETER_THREADS, scene->states[0]);
    python_scene_put(scene, scene->states[0] + THREAD_NEXT, scene->states[1]);
    scene->runtime = room(scene, 512);
    scene->version = room(scene, 8);
    python_scene_put(scene, scene->version, 0x030e00f0);
    put_bytes(scene, scene->runtime, "xdebugpy", 8);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        python_scene_put(scene, scene->runtime + table[i][0], table[i][1]);
    }
    python_scene_put(scene, scene->runtime + RUNTIME_INTERPRETERS, interpreter);
}

static void make_process(struct python_scene *scene)
{
    const struct types types = {
        .code = make_type(scene, "code", 200),
        .string = make_type(scene, "str", 64),
        .bytes = make_type(scene, "bytes", 33),
        .tuple = make_type(scene, "tuple", 24),
        .dict = make_type(scene, "dict", 48),
        .lock = make_type(scene, "_thread.lock", 24),
        .module = make_type(scene, "module", 56),
        .method = make_type(scene, "method_descriptor", 72),
    };
    uint64_t globals[SCENE_THREADS][2];
    for (size_t i = 0; i < SCENE_THREADS; i++) {
        scene->locks[i] = make_object(scene, types.lock, 24);
        python_scene_put_byte(scene, scene->locks[i] + 16, 3); /* locked, somebody waits */
        globals[i][0] = make_string(scene, &types, i == 0 ? "lock_A" : "lock_B");
        globals[i][1] = scene->locks[i];
    }
    uint64_t dict = make_dict(scene, &types, globals, SCENE_THREADS);
    for (size_t i = 0; i < SCENE_THREADS; i++) {
        scene->frames[i] = make_frame(scene, &types, i, dict);
        make_thread(scene, i);
    }
    make_runtime(scene);
}

struct python_scene *python_scene_create(void)
{
    struct python_scene *scene = calloc(1, sizeof *scene);
    if (scene == NULL) {
        abort();
    }
    arena_init(&scene->arena, (size_t)1 << 30);
    make_process(scene);
    scene->module = (struct target_module){
        .path = "/opt/bin/python3", .start = SCENE_BASE, .end = SCENE_BASE + SCENE_BYTES};
    scene->target = (struct target){
        .arena = &scene->arena,
        .executable = "/opt/bin/python3",
        .threads = scene->threads,
        .thread_count = SCENE_THREADS,
        .modules = &scene->module,
        .module_count = 1,
        .source = (struct target_source *)scene,
    };
    return scene;
}

void python_scene_free(struct python_scene *scene)
{
    arena_destroy(&scene->arena);
    free(scene);
}

/* The functions of a target. */

bool target_read(const struct target *target, uint64_t address, void *buffer, size_t bytes)
{
    const struct python_scene *scene = (const struct python_scene *)target->source;
    if (address < SCENE_BASE || address - SCENE_BASE > SCENE_BYTES ||
        bytes > SCENE_BYTES - (address - SCENE_BASE)) {
        return false;
    }
    memcpy(buffer, scene->image + (address - SCENE_BASE), bytes);
    return true;
}

struct target_thread *target_find_thread(const struct target *target, uint32_t tid)
{
    for (size_t i = 0; i < target->thread_count; i++) {
        if (target->threads[i].tid == tid) {
            return &target->threads[i];
        }
    }
    return NULL;
}

struct target_thread *target_find_pthread(const struct target *target, uint64_t pthread)
{
    return pthread >= 0x7000 && pthread < 0x7000 + SCENE_THREADS
               ? &target->threads[pthread - 0x7000]
               : NULL;
}

uint64_t target_find_symbol(const struct target *target, const struct target_module *module,
                            const char *name)
{
    const struct python_scene *scene = (const struct python_scene *)target->source;
    (void)module;
    return strcmp(name, "_PyRuntime") == 0   ? scene->runtime
           : strcmp(name, "Py_Version") == 0 ? scene->version
                                             : 0;
}
