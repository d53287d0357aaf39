#include "analyzer/diagnose/python_object.h"

#include <string.h>

#define STRING_CAP 4096u
#define BYTES_CAP  (1u << 20)
#define ITEM_CAP   (1u << 16)
#define NAME_BYTES 64u
#define PAGE_BYTES 4096u

/* The same in all versions. */
enum {
    OBJECT_TYPE = 8,
    OBJECT_SIZE = 16, /* of what has items */
    TYPE_NAME = 24,
    TYPE_BASIC_SIZE = 32,
    TYPE_FLAGS = 168,
    TYPE_DICT_OFFSET = 288,
    STRING_LENGTH = 16,
    STRING_STATE = 32,
    BYTES_TEXT = 32,
    INTEGER_DIGITS = 24,
    TUPLE_ITEMS = 24,
    LIST_ITEMS = 24,
    DICT_KEYS = 32,
    DICT_VALUES = 40,
    MODULE_DICT = 16,
};

#define TYPE_INLINE_VALUES (1u << 2)
#define TYPE_MANAGED_DICT  (1u << 4)
#define TYPE_OF_PYTHON     (1u << 9)

bool python_read(struct python_reader *reader, uint64_t address, void *buffer, size_t bytes)
{
    if (reader->reads_left == 0) {
        return false;
    }
    reader->reads_left--;
    return target_read(reader->target, address, buffer, bytes);
}

uint64_t python_word(struct python_reader *reader, uint64_t address)
{
    uint64_t word;
    return python_read(reader, address, &word, sizeof word) ? word : 0;
}

int32_t python_int(struct python_reader *reader, uint64_t address)
{
    int32_t value;
    return python_read(reader, address, &value, sizeof value) ? value : 0;
}

/* A C string of the target, cut at the end of a page or `NAME_BYTES`. */
static const char *read_name(struct python_reader *reader, uint64_t address)
{
    char name[NAME_BYTES + 1] = "";
    size_t bytes = PAGE_BYTES - address % PAGE_BYTES;
    if (bytes > NAME_BYTES) {
        bytes = NAME_BYTES;
    }
    if (!python_read(reader, address, name, bytes)) {
        return "";
    }
    name[bytes] = '\0';
    return arena_strdup(reader->target->arena, name);
}

static enum python_type type_called(const char *name)
{
#define X(type, text)                                                                              \
    if (strcmp(name, text) == 0) {                                                                 \
        return PYTHON_##type;                                                                      \
    }
    PYTHON_TYPES(X)
#undef X
    return PYTHON_OTHER;
}

static bool read_type(struct python_reader *reader, uint64_t address,
                      struct python_type_facts *facts)
{
    unsigned char head[TYPE_DICT_OFFSET + sizeof(int64_t)];
    uint64_t name;
    if (!python_read(reader, address, head, sizeof head)) {
        return false;
    }
    memcpy(&name, head + TYPE_NAME, sizeof name);
    memcpy(&facts->basic_size, head + TYPE_BASIC_SIZE, sizeof facts->basic_size);
    memcpy(&facts->flags, head + TYPE_FLAGS, sizeof facts->flags);
    memcpy(&facts->dict_offset, head + TYPE_DICT_OFFSET, sizeof facts->dict_offset);
    facts->address = address;
    facts->name = read_name(reader, name);
    facts->type = type_called(facts->name);
    return facts->name[0] != '\0';
}

const struct python_type_facts *python_type_of(struct python_reader *reader, uint64_t object)
{
    uint64_t type = object % 8 == 0 ? python_word(reader, object + OBJECT_TYPE) : 0;
    if (type == 0 || type % 8 != 0) {
        return NULL;
    }
    struct python_type_facts *facts = &reader->types[type / 16 % PYTHON_TYPE_CACHE];
    struct python_type_facts read = {0};
    if (facts->address != type) {
        if (!read_type(reader, type, &read)) {
            return NULL;
        }
        *facts = read;
    }
    return facts;
}

bool python_is(struct python_reader *reader, uint64_t object, enum python_type type)
{
    const struct python_type_facts *facts = python_type_of(reader, object);
    return facts != NULL && facts->type == type;
}

bool python_is_instance(struct python_reader *reader, uint64_t object)
{
    const struct python_type_facts *facts = python_type_of(reader, object);
    return facts != NULL && facts->type == PYTHON_OTHER && (facts->flags & TYPE_OF_PYTHON) != 0;
}

/* Characters of Latin-1 as UTF-8. */
static const char *from_latin1(struct arena *arena, const unsigned char *text, size_t length)
{
    char *out = arena_alloc(arena, 2 * length + 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= 0x80) {
            out[used++] = (char)(0xc0 | text[i] >> 6);
            out[used++] = (char)(0x80 | (text[i] & 0x3f));
        } else {
            out[used++] = (char)text[i];
        }
    }
    return out;
}

const char *python_string(struct python_reader *reader, uint64_t object)
{
    unsigned char text[STRING_CAP];
    uint64_t length = python_word(reader, object + STRING_LENGTH);
    unsigned state = (unsigned)python_int(reader, object + STRING_STATE);
    unsigned width = state >> 2 & 7;
    bool compact = (state >> 5 & 1) != 0;
    bool ascii = (state >> 6 & 1) != 0;
    uint64_t start =
        object + (ascii ? reader->layout.string_text : reader->layout.string_wide_text);
    if (!python_is(reader, object, PYTHON_STRING) || !compact || width != 1 ||
        length > STRING_CAP || !python_read(reader, start, text, length)) {
        return NULL;
    }
    return from_latin1(reader->target->arena, text, length);
}

const unsigned char *python_bytes(struct python_reader *reader, uint64_t object, size_t *count)
{
    uint64_t length = python_word(reader, object + OBJECT_SIZE);
    if (!python_is(reader, object, PYTHON_BYTES) || length > BYTES_CAP) {
        return NULL;
    }
    unsigned char *text = arena_alloc(reader->target->arena, length + 1, 1);
    if (!python_read(reader, object + BYTES_TEXT, text, length)) {
        return NULL;
    }
    *count = length;
    return text;
}

uint64_t python_integer(struct python_reader *reader, uint64_t object)
{
    uint32_t digits[3] = {0};
    uint64_t count = python_word(reader, object + OBJECT_SIZE);
    if (reader->layout.minor >= 12) {
        count >>= 3; /* below it, the sign */
    }
    if (!python_is(reader, object, PYTHON_INTEGER) || count == 0 || count > 3 ||
        !python_read(reader, object + INTEGER_DIGITS, digits, count * sizeof *digits)) {
        return 0;
    }
    return digits[0] | (uint64_t)digits[1] << 30 | (uint64_t)digits[2] << 60;
}

size_t python_items(struct python_reader *reader, uint64_t object, uint64_t *items, size_t capacity)
{
    uint64_t count = python_word(reader, object + OBJECT_SIZE);
    uint64_t start = object + TUPLE_ITEMS;
    if (python_is(reader, object, PYTHON_LIST)) {
        start = python_word(reader, object + LIST_ITEMS);
    } else if (!python_is(reader, object, PYTHON_TUPLE)) {
        return 0;
    }
    if (count > ITEM_CAP) {
        return 0;
    }
    count = count < capacity ? count : capacity;
    return python_read(reader, start, items, count * sizeof *items) ? count : 0;
}

uint64_t python_module_dict(struct python_reader *reader, uint64_t module)
{
    return python_is(reader, module, PYTHON_MODULE) ? python_word(reader, module + MODULE_DICT) : 0;
}

/* The table of keys of a dict, or of the instances of a class. */
struct keys {
    uint64_t entries; /* where they begin */
    uint64_t count;
    size_t entry_words; /* the last two are key and value */
};

static bool read_old_keys(struct python_reader *reader, uint64_t address, struct keys *keys)
{
    uint64_t head[5]; /* references, size, look-up function, usable, entries */
    if (!python_read(reader, address, head, sizeof head)) {
        return false;
    }
    uint64_t size = head[1];
    uint64_t index_bytes = size <= 0xff ? 1 : size <= 0xffff ? 2 : size <= 0xffffffff ? 4 : 8;
    keys->entries = address + sizeof head + size * index_bytes;
    keys->count = head[4];
    keys->entry_words = 3;
    return keys->count <= size;
}

static bool read_keys(struct python_reader *reader, uint64_t address, struct keys *keys)
{
    struct {
        uint64_t references;
        uint8_t log_size, log_index_bytes, kind, lock;
        uint32_t version;
        uint64_t usable, entries;
    } head;
    if (reader->layout.old_dict_keys) {
        return read_old_keys(reader, address, keys) && keys->count <= ITEM_CAP;
    }
    if (!python_read(reader, address, &head, sizeof head) || head.log_size > 32 ||
        head.log_index_bytes > 35 || head.kind > 2) {
        return false;
    }
    keys->entries = address + sizeof head + ((uint64_t)1 << head.log_index_bytes);
    keys->count = head.entries;
    keys->entry_words = head.kind == 0 ? 3 : 2;
    return keys->count <= (uint64_t)1 << head.log_size && keys->count <= ITEM_CAP;
}

/* `values`: where the values of the keys lie in order, 0 when beside them. */
static void each_key(struct python_reader *reader, uint64_t address, uint64_t values,
                     python_visit *visit, void *context)
{
    struct keys keys = {0};
    if (!read_keys(reader, address, &keys)) {
        return;
    }
    for (uint64_t i = 0; i < keys.count; i++) {
        uint64_t entry[3] = {0};
        size_t bytes = keys.entry_words * sizeof *entry;
        if (!python_read(reader, keys.entries + i * bytes, entry, bytes)) {
            return;
        }
        uint64_t key = entry[keys.entry_words - 2];
        uint64_t value = values != 0 ? python_word(reader, values + i * sizeof value)
                                     : entry[keys.entry_words - 1];
        if (key != 0 && value != 0 && !visit(reader, key, value, context)) {
            return;
        }
    }
}

void python_dict_each(struct python_reader *reader, uint64_t dict, python_visit *visit,
                      void *context)
{
    if (!python_is(reader, dict, PYTHON_DICT)) {
        return;
    }
    uint64_t values = python_word(reader, dict + DICT_VALUES);
    each_key(reader, python_word(reader, dict + DICT_KEYS),
             values != 0 ? values + reader->layout.values_first : 0, visit, context);
}

/* The dict of an instance, or else where its values lie without one. */
static uint64_t find_attributes(struct python_reader *reader, uint64_t object,
                                const struct python_type_facts *type, uint64_t *values)
{
    enum python_attributes kind = reader->layout.attributes;
    bool managed = kind != PYTHON_ATTRIBUTES_DICT && (type->flags & TYPE_MANAGED_DICT) != 0;
    uint64_t dict;
    *values = 0;
    if (!managed) {
        return type->dict_offset > 0 ? python_word(reader, object + (uint64_t)type->dict_offset)
                                     : 0;
    }
    dict = python_word(reader, object - 3 * sizeof dict);
    if (kind == PYTHON_ATTRIBUTES_BESIDE) {
        *values = python_word(reader, object - 4 * sizeof dict);
    } else if (kind == PYTHON_ATTRIBUTES_TAGGED && (dict & 1) != 0) {
        *values = dict + 1; /* kept one lower */
        dict = 0;
    } else if (kind == PYTHON_ATTRIBUTES_INLINE && dict == 0 &&
               (type->flags & TYPE_INLINE_VALUES) != 0) {
        *values = object + type->basic_size + reader->layout.values_first;
    }
    return dict;
}

void python_attributes_each(struct python_reader *reader, uint64_t object, python_visit *visit,
                            void *context)
{
    const struct python_type_facts *type = python_type_of(reader, object);
    uint64_t values;
    if (type == NULL) {
        return;
    }
    uint64_t keys = type->address + reader->layout.type_cached_keys;
    uint64_t dict = find_attributes(reader, object, type, &values);
    if (dict != 0) {
        python_dict_each(reader, dict, visit, context);
    } else if (values != 0) {
        each_key(reader, python_word(reader, keys), values, visit, context);
    }
}

struct search {
    const char *name;
    uint64_t found;
};

static bool compare_key(struct python_reader *reader, uint64_t key, uint64_t value, void *context)
{
    struct search *search = context;
    const char *name = python_string(reader, key);
    if (name != NULL && strcmp(name, search->name) == 0) {
        search->found = value;
        return false;
    }
    return true;
}

uint64_t python_dict_get(struct python_reader *reader, uint64_t dict, const char *key)
{
    struct search search = {key, 0};
    python_dict_each(reader, dict, compare_key, &search);
    return search.found;
}

uint64_t python_attribute(struct python_reader *reader, uint64_t object, const char *name)
{
    struct search search = {name, 0};
    python_attributes_each(reader, object, compare_key, &search);
    return search.found;
}
