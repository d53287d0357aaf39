#include "analyzer/report/member.h"

#include <dwarf.h>
#include <inttypes.h>
#include <string.h>

/* A damaged file may nest for ever, and unions of unions branch. */
#define DEPTH_MAX      16
#define PARTS_MAX      10000
#define DIMENSIONS_MAX 8

/* A part of a type, and where in it we are. */
struct part {
    Dwarf_Die type;
    uint64_t offset;
    unsigned *parts_left; /* to be looked at for one path */
};

bool member_type(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), type) != NULL;
}

static bool is_lock_type(Dwarf_Die *type)
{
    static const char *const names[] = {
        "mtx_t",          "once_flag",  "sem_t",           "FILE",        "GMutex",
        "GRecMutex",      "GRWLock",    "QMutex",          "QBasicMutex", "QRecursiveMutex",
        "QReadWriteLock", "omp_lock_t", "omp_nest_lock_t",
    };
    int tag = dwarf_tag(type);
    const char *name =
        tag == DW_TAG_typedef || tag == DW_TAG_class_type ? dwarf_diename(type) : NULL;
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return name != NULL && strncmp(name, "pthread_", 8) == 0;
}

/* Past typedefs and qualifiers, up to a lock type; false when there is no type. */
static bool peel(Dwarf_Die *type)
{
    for (int i = 0; i < DEPTH_MAX; i++) {
        int tag = dwarf_tag(type);
        if (is_lock_type(type) || (tag != DW_TAG_typedef && tag != DW_TAG_const_type &&
                                   tag != DW_TAG_volatile_type && tag != DW_TAG_atomic_type)) {
            return true;
        }
        if (!member_type(type, type)) {
            return false;
        }
    }
    return false;
}

static bool is_record(int tag)
{
    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* Where the member or base class begins; false for what has no address or none that is known here:
 * static members, bit fields, virtual bases. */
static bool get_start(Dwarf_Die *member, Dwarf_Word *start)
{
    Dwarf_Attribute attribute;
    int tag = dwarf_tag(member);
    *start = 0;
    if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
        dwarf_hasattr(member, DW_AT_bit_size) || dwarf_hasattr(member, DW_AT_virtuality) ||
        dwarf_hasattr(member, DW_AT_external)) {
        return false;
    }
    return !dwarf_hasattr(member, DW_AT_data_member_location) ||
           dwarf_formudata(dwarf_attr(member, DW_AT_data_member_location, &attribute), start) == 0;
}

/* Whether the place lies in the member, and where in its type. */
static bool get_part(Dwarf_Die *member, uint64_t offset, struct part *part)
{
    Dwarf_Word start;
    Dwarf_Word size_bytes;
    if (!get_start(member, &start) || !member_type(member, &part->type) ||
        dwarf_aggregate_size(&part->type, &size_bytes) != 0 || offset < start ||
        offset - start >= size_bytes) {
        return false;
    }
    part->offset = offset - start;
    if (*part->parts_left == 0) {
        return false;
    }
    --*part->parts_left;
    return true;
}

/* The lengths of an array's dimensions; 0 when they are not known. */
static size_t get_dimensions(Dwarf_Die *array, uint64_t lengths[DIMENSIONS_MAX])
{
    Dwarf_Die range;
    Dwarf_Attribute attribute;
    size_t count = 0;
    if (dwarf_child(array, &range) != 0) {
        return 0;
    }
    do {
        Dwarf_Word value;
        bool bound = dwarf_hasattr(&range, DW_AT_upper_bound);
        int name = bound ? DW_AT_upper_bound : DW_AT_count;
        if (dwarf_tag(&range) != DW_TAG_subrange_type || count == DIMENSIONS_MAX ||
            dwarf_formudata(dwarf_attr(&range, (unsigned)name, &attribute), &value) != 0) {
            return 0;
        }
        lengths[count++] = value + bound;
    } while (dwarf_siblingof(&range, &range) == 0);
    return count;
}

/* Enters the element; its number, or UINT64_MAX when the array is not understood. */
static uint64_t enter_element(struct part *part)
{
    Dwarf_Die element;
    Dwarf_Word size_bytes;
    if (!member_type(&part->type, &element) || dwarf_aggregate_size(&element, &size_bytes) != 0 ||
        size_bytes == 0) {
        return UINT64_MAX;
    }
    uint64_t number = part->offset / size_bytes;
    part->offset %= size_bytes;
    part->type = element;
    return number;
}

static bool holds_lock(struct part part, int depth);

/* Whether a lock begins at the place in one of the record's members; how many there are. */
static int members_with_lock(struct part record, int depth)
{
    Dwarf_Die member;
    struct part part = {.parts_left = record.parts_left};
    int count = 0;
    if (dwarf_child(&record.type, &member) != 0) {
        return 0;
    }
    do {
        count += get_part(&member, record.offset, &part) && holds_lock(part, depth + 1);
    } while (dwarf_siblingof(&member, &member) == 0);
    return count;
}

/* Whether a lock begins at the place. */
static bool holds_lock(struct part part, int depth)
{
    if (depth > DEPTH_MAX || !peel(&part.type)) {
        return false;
    }
    if (is_lock_type(&part.type)) {
        return part.offset == 0;
    }
    if (dwarf_tag(&part.type) == DW_TAG_array_type) {
        return enter_element(&part) != UINT64_MAX && holds_lock(part, depth + 1);
    }
    return is_record(dwarf_tag(&part.type)) && members_with_lock(part, depth) > 0;
}

/* The C++ library's own members (_M_mutex) are what a lock is made of, not where it is, except the
 * elements of std::array. */
static bool is_inside(Dwarf_Die *member, Dwarf_Die *type)
{
    const char *name = dwarf_diename(member);
    return name != NULL && strncmp(name, "_M_", 3) == 0 && dwarf_tag(type) != DW_TAG_array_type;
}

/* Enters the member at the place; its text, or NULL when it cannot be told or is no lock's. */
static const char *enter_member(struct arena *arena, struct part *part)
{
    Dwarf_Die member;
    struct part inner = {.parts_left = part->parts_left};
    bool is_union = dwarf_tag(&part->type) == DW_TAG_union_type;
    bool need_lock = is_union || part->offset == 0;
    if ((is_union && members_with_lock(*part, 0) != 1) || dwarf_child(&part->type, &member) != 0) {
        return NULL;
    }
    do {
        if (!get_part(&member, part->offset, &inner) || (need_lock && !holds_lock(inner, 0)) ||
            !peel(&inner.type) || is_inside(&member, &inner.type)) {
            continue;
        }
        *part = inner;
        const char *name = dwarf_tag(&member) == DW_TAG_member ? dwarf_diename(&member) : NULL;
        return name == NULL || strncmp(name, "_M_", 3) == 0 ? "" : arena_printf(arena, ".%s", name);
    } while (dwarf_siblingof(&member, &member) == 0);
    return NULL;
}

/* "[3]", "[1][2]" */
static const char *enter_array(struct arena *arena, struct part *part)
{
    uint64_t lengths[DIMENSIONS_MAX];
    size_t count = get_dimensions(&part->type, lengths);
    struct part element = *part;
    uint64_t number = count != 0 ? enter_element(&element) : UINT64_MAX;
    const char *text = "";
    if (number == UINT64_MAX) {
        return NULL;
    }
    for (size_t i = count; i-- > 1; number /= lengths[i]) {
        if (lengths[i] == 0) {
            return NULL;
        }
        text = arena_printf(arena, "[%" PRIu64 "]%s", number % lengths[i], text);
    }
    *part = element;
    return arena_printf(arena, "[%" PRIu64 "]%s", number, text);
}

const char *member_path(struct arena *arena, Dwarf_Die *variable, uint64_t offset)
{
    const char *path = "";
    unsigned parts_left = PARTS_MAX;
    struct part part = {.offset = offset, .parts_left = &parts_left};
    bool found = member_type(variable, &part.type);
    for (int depth = 0; found && depth < DEPTH_MAX && peel(&part.type); depth++) {
        int tag = dwarf_tag(&part.type);
        const char *step = NULL;
        if (tag == DW_TAG_array_type) {
            step = enter_array(arena, &part);
        } else if (is_record(tag)) {
            step = enter_member(arena, &part);
        }
        found = step != NULL;
        path = found ? arena_printf(arena, "%s%s", path, step) : path;
    }
    return part.offset == 0 ? path : arena_printf(arena, "%s+0x%" PRIx64, path, part.offset);
}
