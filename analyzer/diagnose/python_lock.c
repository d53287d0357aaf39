#include "analyzer/diagnose/python_lock.h"

#include <string.h>

enum {
    LOCK_WORD = 16, /* the byte, or a pointer to the sem_t */
    RLOCK_OWNER = 24,
    RLOCK_COUNT = 32,
    LOCK_BYTES = 40, /* with a sem_t; smaller without */
    RLOCK_BYTES = 48,
    METHOD_SELF = 24, /* of Python's bound methods and of built-in ones */
    BYTE_LOCKED = 1,
};

static bool read_semaphore(struct python_reader *reader, struct python_lock *lock)
{
    int32_t value;
    lock->word = python_word(reader, lock->object + LOCK_WORD);
    if (lock->word == 0 || !python_read(reader, lock->word, &value, sizeof value)) {
        return false;
    }
    lock->is_locked = value == 0;
    return true;
}

static bool read_byte(struct python_reader *reader, struct python_lock *lock)
{
    unsigned char byte;
    lock->word = lock->object + LOCK_WORD;
    lock->is_byte = true;
    if (!python_read(reader, lock->word, &byte, sizeof byte)) {
        return false;
    }
    lock->is_locked = (byte & BYTE_LOCKED) != 0;
    return true;
}

bool python_lock_read(struct python_reader *reader, uint64_t object, struct python_lock *lock)
{
    const struct python_type_facts *type = python_type_of(reader, object);
    *lock = (struct python_lock){.object = object};
    if (type == NULL || (type->type != PYTHON_LOCK && type->type != PYTHON_RLOCK)) {
        return false;
    }
    lock->has_owner = type->type == PYTHON_RLOCK;
    bool is_byte = type->basic_size < (uint64_t)(lock->has_owner ? RLOCK_BYTES : LOCK_BYTES);
    if (!(is_byte ? read_byte(reader, lock) : read_semaphore(reader, lock))) {
        return false;
    }
    if (lock->has_owner && lock->is_locked) {
        lock->owner = python_word(reader, object + RLOCK_OWNER);
    }
    return true;
}

bool python_lock_of_exit(struct python_reader *reader, uint64_t slot, struct python_lock *lock)
{
    const struct python_type_facts *type = python_type_of(reader, slot);
    uint64_t self = slot;
    if (type == NULL) {
        return false;
    }
    if (type->type == PYTHON_METHOD || type->type == PYTHON_BUILTIN_METHOD) {
        self = python_word(reader, slot + METHOD_SELF);
        type = python_type_of(reader, self);
    }
    if (type != NULL && strcmp(type->name, "Condition") == 0) {
        self = python_attribute(reader, self, "_lock");
    }
    return python_lock_read(reader, self, lock);
}

uint64_t python_lock_awaited(struct python_reader *reader, uint64_t futex)
{
    return futex != 0 && reader->layout.minor >= 13 ? python_word(reader, futex - sizeof futex) : 0;
}

bool python_lock_is_awaited(struct python_reader *reader, const struct python_lock *lock,
                            uint64_t futex)
{
    return futex != 0 && (lock->is_byte ? python_lock_awaited(reader, futex) : futex) == lock->word;
}

uint64_t python_lock_awaited_byte(struct python_reader *reader, uint64_t futex)
{
    struct python_lock lock;
    uint64_t byte = python_lock_awaited(reader, futex);
    uint64_t object = byte > LOCK_WORD ? byte - LOCK_WORD : 0;
    return object != 0 && python_lock_read(reader, object, &lock) && lock.is_byte ? object : 0;
}
