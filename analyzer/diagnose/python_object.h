/* Objects of CPython in the memory of a target: their types, and what strings, numbers, tuples,
 * dicts and instances hold. An object counts as what its type's name says, and only if its own
 * fields agree; no length is believed beyond a cap.
 *
 * Not thread-safe; allocates from the target's arena. Each question is one to three reads. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_OBJECT_H
#define UNKNOT_DIAGNOSE_PYTHON_OBJECT_H

#include "analyzer/diagnose/python_layout.h"
#include "analyzer/diagnose/target.h"

/* X(NAME, "as tp_name has it"); what no line names is PYTHON_OTHER. */
#define PYTHON_TYPES(X)                                                                            \
    X(CODE, "code")                                                                                \
    X(STRING, "str")                                                                               \
    X(BYTES, "bytes")                                                                              \
    X(INTEGER, "int")                                                                              \
    X(TUPLE, "tuple")                                                                              \
    X(LIST, "list")                                                                                \
    X(DICT, "dict")                                                                                \
    X(CELL, "cell")                                                                                \
    X(MODULE, "module")                                                                            \
    X(METHOD, "method")                                                                            \
    X(BUILTIN_METHOD, "builtin_function_or_method")                                                \
    X(LOCK, "_thread.lock")                                                                        \
    X(RLOCK, "_thread.RLock")

enum python_type {
    PYTHON_OTHER,
#define X(name, text) PYTHON_##name,
    PYTHON_TYPES(X)
#undef X
};

struct python_type_facts {
    uint64_t address;
    enum python_type type;
    uint64_t basic_size, flags;
    int64_t dict_offset;
    const char *name;
};

#define PYTHON_TYPE_CACHE 256

struct python_code;

struct python_reader {
    struct target *target;
    struct python_layout layout;
    struct python_type_facts types[PYTHON_TYPE_CACHE]; /* by address */
    struct python_code *codes;                         /* python_code.c: those read, by object */
    uint64_t reads_left; /* so that structures made to lead in circles end */
};

/* All reads go through here: false when the memory is not there, or too much was read. */
__attribute__((warn_unused_result)) bool python_read(struct python_reader *reader, uint64_t address,
                                                     void *buffer, size_t bytes);

/* A word of the target; 0 when it cannot be read. */
uint64_t python_word(struct python_reader *reader, uint64_t address);
/* An int of the target; 0 when it cannot be read. */
int32_t python_int(struct python_reader *reader, uint64_t address);

/* NULL for what is no object. Good until the next call. */
const struct python_type_facts *python_type_of(struct python_reader *reader, uint64_t object);
bool python_is(struct python_reader *reader, uint64_t object, enum python_type type);
/* Whether its class was made by Python code, so that it has attributes. */
bool python_is_instance(struct python_reader *reader, uint64_t object);

/* The text in UTF-8; NULL when it is no string of one byte a character, or a very long one. */
const char *python_string(struct python_reader *reader, uint64_t object);
/* The bytes of a bytes object, NULL when it is none or too long. */
const unsigned char *python_bytes(struct python_reader *reader, uint64_t object, size_t *count);
/* An int object that fits; 0 for others. */
uint64_t python_integer(struct python_reader *reader, uint64_t object);
/* The items of a tuple or list, at most `capacity`; how many. */
size_t python_items(struct python_reader *reader, uint64_t object, uint64_t *items,
                    size_t capacity);

/* Is called for each pair; the keys of attributes are strings. False ends it. */
typedef bool python_visit(struct python_reader *reader, uint64_t key, uint64_t value,
                          void *context);

void python_dict_each(struct python_reader *reader, uint64_t dict, python_visit *visit,
                      void *context);
/* The instance's own attributes, not its class's. */
void python_attributes_each(struct python_reader *reader, uint64_t object, python_visit *visit,
                            void *context);
/* 0 when there is none of that name. */
uint64_t python_dict_get(struct python_reader *reader, uint64_t dict, const char *key);
uint64_t python_attribute(struct python_reader *reader, uint64_t object, const char *name);
/* The dict of a module, 0 when it is none. */
uint64_t python_module_dict(struct python_reader *reader, uint64_t module);

#endif
