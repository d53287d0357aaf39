#include "analyzer/diagnose/python_stack.h"

#include <string.h>
#include "analyzer/diagnose/python_code.h"

#define FRAME_CAP  512 /* innermost */
#define SKIP_CAP   64  /* frames in a row that are the interpreter's own */
#define BLOCK_CAP  20  /* CPython's */
#define SLOT_CAP   256
#define REFERENCE  (~(uint64_t)3) /* 3.14 tags references in their lowest bits */
#define C_FRAMES   3              /* owners from here on have no Python code */
#define CELL_VALUE 16

struct frame {
    uint64_t address, locals, value_stack;
    uint64_t at; /* bytes into the code */
    const struct python_code *code;
};

static uint64_t first_frame(struct python_reader *reader, uint64_t thread_state)
{
    uint64_t frame = python_word(reader, thread_state + reader->layout.thread_frame);
    uint16_t further = reader->layout.frame_of_thread_frame;
    return frame != 0 && further != PYTHON_NONE ? python_word(reader, frame + further) : frame;
}

static uint64_t next_frame(struct python_reader *reader, uint64_t frame)
{
    return python_word(reader, frame + reader->layout.frame_previous);
}

static bool is_of_c(struct python_reader *reader, uint64_t frame)
{
    char owner = 0;
    uint16_t at = reader->layout.frame_owner;
    return at != PYTHON_NONE && python_read(reader, frame + at, &owner, sizeof owner) &&
           owner >= C_FRAMES;
}

static uint64_t instruction_of(struct python_reader *reader, const struct frame *frame)
{
    uint64_t at = frame->address + reader->layout.frame_instruction;
    int32_t number;
    switch (reader->layout.instruction) {
    case PYTHON_INSTRUCTION_POINTER:
        return python_word(reader, at) - frame->code->instructions;
    case PYTHON_INSTRUCTION_UNITS:
        number = python_int(reader, at);
        return number > 0 ? (uint64_t)number * 2 : 0;
    default:
        number = python_int(reader, at);
        return number > 0 ? (uint64_t)number : 0;
    }
}

static bool read_frame(struct python_reader *reader, uint64_t address, struct frame *frame)
{
    const struct python_layout *layout = &reader->layout;
    uint64_t code = python_word(reader, address + layout->frame_code) & REFERENCE;
    frame->address = address;
    frame->code = is_of_c(reader, address) ? NULL : python_code_get(reader, code);
    if (frame->code == NULL) {
        return false;
    }
    frame->locals = address + layout->frame_locals;
    frame->value_stack = layout->frame_value_stack != PYTHON_NONE
                             ? python_word(reader, address + layout->frame_value_stack)
                             : frame->locals + frame->code->local_count * sizeof(uint64_t);
    frame->at = instruction_of(reader, frame);
    return true;
}

/* The next frame with Python code from `address` on; 0 when there is none. */
static uint64_t find_frame(struct python_reader *reader, uint64_t address, struct frame *frame)
{
    for (size_t i = 0; address != 0 && i < SKIP_CAP; i++) {
        if (read_frame(reader, address, frame)) {
            return address;
        }
        address = next_frame(reader, address);
    }
    return 0;
}

static uint64_t slot(struct python_reader *reader, uint64_t slots, size_t i)
{
    return python_word(reader, slots + i * sizeof(uint64_t)) & REFERENCE;
}

/* Before 3.11 a frame lists its blocks, each with the depth of the value stack at its start. */
static size_t block_handlers(struct python_reader *reader, const struct frame *frame,
                             struct python_handler handlers[BLOCK_CAP])
{
    struct {
        int32_t type, handler, level;
    } blocks[BLOCK_CAP];
    int32_t count = python_int(reader, frame->address + reader->layout.frame_block_count);
    uint64_t unit = reader->layout.instruction == PYTHON_INSTRUCTION_UNITS ? 2 : 1;
    size_t used = 0;
    if (count <= 0 || count > BLOCK_CAP ||
        !python_read(reader, frame->address + reader->layout.frame_blocks, blocks,
                     (size_t)count * sizeof *blocks)) {
        return 0;
    }
    for (int32_t i = count - 1; i >= 0; i--) {
        const struct python_handler handler = {(uint32_t)blocks[i].level,
                                               (uint32_t)blocks[i].handler * unit};
        if (used != 0 && handler.depth == handlers[used - 1].depth) {
            handlers[used - 1] = handler;
        } else if (blocks[i].level > 0 && handler.depth <= frame->code->stack_size &&
                   (used == 0 || handler.depth < handlers[used - 1].depth)) {
            handlers[used++] = handler;
        }
    }
    return used;
}

struct walk {
    ARRAY(struct python_frame) frames;
    ARRAY(struct python_held) held;
    ARRAY(uint64_t) given_back; /* locks that a condition's wait() on the stack has released */
    uint64_t ident;
};

static bool is_held(const struct walk *walk, const struct python_lock *lock)
{
    bool is_held = lock->is_locked && (!lock->has_owner || lock->owner == walk->ident);
    for (size_t i = 0; i < walk->given_back.count; i++) {
        is_held &= walk->given_back.items[i] != lock->object;
    }
    for (size_t i = 0; i < walk->held.count; i++) {
        is_held &= walk->held.items[i].object != lock->object;
    }
    return is_held;
}

static void find_held(struct python_reader *reader, struct walk *walk, const struct frame *frame,
                      size_t number)
{
    struct python_handler handlers[BLOCK_CAP];
    size_t count = reader->layout.code_exceptions != PYTHON_NONE
                       ? python_code_handlers(frame->code, frame->at, handlers, BLOCK_CAP)
                       : block_handlers(reader, frame, handlers);
    for (size_t i = 0; i < count; i++) {
        struct python_lock lock;
        if (handlers[i].depth >= reader->layout.exit_slots &&
            python_lock_of_exit(reader, slot(reader, frame->value_stack, handlers[i].depth - 1),
                                &lock) &&
            is_held(walk, &lock)) {
            *array_add(reader->target->arena, &walk->held) = (struct python_held){
                .object = lock.object,
                .word = lock.word,
                .frame = number,
                .line = python_code_with_line(reader, frame->code, handlers[i].at),
            };
        }
    }
}

/* Condition.wait(self) has released the condition's lock, though a with block around it goes on. */
static void find_given_back(struct python_reader *reader, struct walk *walk,
                            const struct frame *frame)
{
    const char *name = frame->code->name != NULL ? frame->code->name : "";
    const char *dot = strrchr(name, '.');
    if (strcmp(dot != NULL ? dot + 1 : name, "wait") == 0 && frame->code->local_count > 0) {
        uint64_t lock = python_attribute(reader, slot(reader, frame->locals, 0), "_lock");
        if (lock != 0) {
            *array_add(reader->target->arena, &walk->given_back) = lock;
        }
    }
}

static void name_locals(struct python_reader *reader, struct python_names *names,
                        const struct frame *frame)
{
    uint64_t keys[SLOT_CAP];
    uint64_t tuple = python_word(reader, frame->code->object + reader->layout.code_local_names);
    size_t count = python_items(reader, tuple, keys, SLOT_CAP);
    python_names_add_globals(reader, names,
                             python_word(reader, frame->address + reader->layout.frame_globals));
    for (size_t i = 0; i < count && i < frame->code->local_count; i++) {
        uint64_t value = slot(reader, frame->locals, i);
        if (value != 0 && python_is(reader, value, PYTHON_CELL)) {
            value = python_word(reader, value + CELL_VALUE);
        }
        if (value != 0) {
            python_names_add_local(reader, names, keys[i], value);
        }
    }
}

void python_stack_read(struct python_reader *reader, const struct python_thread_state *state,
                       struct python_names *names, struct python_thread *thread)
{
    struct walk walk = {.ident = state->ident};
    struct frame frame;
    uint64_t at = find_frame(reader, first_frame(reader, state->address), &frame);
    while (at != 0 && walk.frames.count < FRAME_CAP) {
        *array_add(reader->target->arena, &walk.frames) = (struct python_frame){
            .function = frame.code->name,
            .file = frame.code->file,
            .line = python_code_line(reader, frame.code, frame.at),
        };
        find_held(reader, &walk, &frame, walk.frames.count - 1);
        find_given_back(reader, &walk, &frame);
        name_locals(reader, names, &frame);
        at = find_frame(reader, next_frame(reader, at), &frame);
    }
    thread->frames = walk.frames.items;
    thread->frame_count = walk.frames.count;
    thread->held = walk.held.items;
    thread->held_count = walk.held.count;
}

static struct python_held awaited(const struct python_lock *lock)
{
    return (struct python_held){.object = lock->object, .word = lock->word};
}

/* A lock among the innermost frame's values: also those above the top of its value stack, which
 * is not known while it runs. What is left over there cannot be what the thread sleeps on. */
static struct python_held find_in_frame(struct python_reader *reader, const struct frame *frame,
                                        uint64_t futex)
{
    struct python_lock lock;
    for (size_t i = 0; i < frame->code->local_count && i < SLOT_CAP; i++) {
        if (python_lock_read(reader, slot(reader, frame->locals, i), &lock) &&
            python_lock_is_awaited(reader, &lock, futex)) {
            return awaited(&lock);
        }
    }
    for (size_t i = 0; i < frame->code->stack_size && i < SLOT_CAP; i++) {
        if (python_lock_of_exit(reader, slot(reader, frame->value_stack, i), &lock) &&
            python_lock_is_awaited(reader, &lock, futex)) {
            return awaited(&lock);
        }
    }
    return (struct python_held){0};
}

struct python_held python_stack_find_wanted(struct python_reader *reader,
                                            const struct python_thread_state *state,
                                            const struct python_names *names, uint64_t futex)
{
    struct python_lock lock;
    struct frame frame;
    struct python_held wanted = {0};
    uint64_t object = python_lock_awaited_byte(reader, futex);
    if (object != 0) {
        return python_lock_read(reader, object, &lock) ? awaited(&lock) : wanted;
    }
    if (find_frame(reader, first_frame(reader, state->address), &frame) != 0) {
        wanted = find_in_frame(reader, &frame, futex);
    }
    for (const struct python_name *name = names->locks; name != NULL && wanted.object == 0;
         name = name->hh.next) {
        if (!name->lock.is_byte && name->lock.word == futex) {
            wanted = awaited(&name->lock);
        }
    }
    return wanted;
}
