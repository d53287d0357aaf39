#include "analyzer/report/variable.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <string.h>

/* A damaged file may nest for ever, and a huge one is not worth minutes. */
#define DEPTH_MAX   16
#define ENTRIES_MAX 20000000u

struct walk {
    struct variables *variables;
    struct arena *arena;
    Dwarf_Addr bias; /* libdwfl's address minus the debug information's */
    unsigned entries;
    const char *function; /* the walk is in; NULL in none */
};

static bool get_type(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), type) != NULL;
}

static void take_variable(struct walk *walk, Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operations;
    size_t count;
    Dwarf_Die type;
    Dwarf_Word size_bytes;
    if (dwarf_getlocation(dwarf_attr(die, DW_AT_location, &attribute), &operations, &count) != 0 ||
        count != 1 || operations[0].atom != DW_OP_addr || !get_type(die, &type) ||
        dwarf_aggregate_size(&type, &size_bytes) != 0) {
        return;
    }
    *array_add(walk->arena, &walk->variables->list) = (struct static_variable){
        operations[0].number + walk->bias, size_bytes, *die, walk->function};
}

static void take_children(struct walk *walk, Dwarf_Die *parent, int depth);

static void take_function(struct walk *walk, Dwarf_Die *function, int depth)
{
    const char *outer = walk->function;
    walk->function = dwarf_diename(function);
    take_children(walk, function, depth + 1);
    walk->function = outer;
}

/* Static variables lie in units, namespaces and, local ones, in functions and their blocks. */
static void take_children(struct walk *walk, Dwarf_Die *parent, int depth)
{
    Dwarf_Die child;
    if (depth > DEPTH_MAX || dwarf_child(parent, &child) != 0) {
        return;
    }
    do {
        switch (dwarf_tag(&child)) {
        case DW_TAG_variable:
            take_variable(walk, &child);
            break;
        case DW_TAG_subprogram:
            take_function(walk, &child, depth);
            break;
        case DW_TAG_namespace:
        case DW_TAG_lexical_block:
            take_children(walk, &child, depth + 1);
            break;
        default:
            break;
        }
    } while (walk->entries++ < ENTRIES_MAX && dwarf_siblingof(&child, &child) == 0);
}

const struct static_variable *variables_find(struct variables *variables, struct arena *arena,
                                             Dwfl_Module *module, uint64_t address)
{
    struct walk walk = {variables, arena, 0, 0, NULL};
    Dwarf_Die *unit = NULL;
    while (!variables->loaded && (unit = dwfl_module_nextcu(module, unit, &walk.bias)) != NULL) {
        take_children(&walk, unit, 0);
    }
    variables->loaded = true;
    for (size_t i = 0; i < variables->list.count; i++) {
        const struct static_variable *variable = &variables->list.items[i];
        if (address >= variable->start && address - variable->start < variable->size_bytes) {
            return variable;
        }
    }
    return NULL;
}

/* Types that are a lock as a whole, whatever is inside them. */
static bool is_lock_type(const char *name)
{
    static const char *const names[] = {
        "GMutex",          "GRecMutex",      "GRWLock",    "QMutex",          "QBasicMutex",
        "QRecursiveMutex", "QReadWriteLock", "omp_lock_t", "omp_nest_lock_t", "sem_t",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return strncmp(name, "pthread_", 8) == 0;
}

/* Past typedefs and qualifiers; false at a lock type, or when there is no type. */
static bool peel(Dwarf_Die *type)
{
    for (int i = 0; i < DEPTH_MAX; i++) {
        int tag = dwarf_tag(type);
        const char *name = dwarf_diename(type);
        if ((tag == DW_TAG_typedef || tag == DW_TAG_class_type) && name != NULL &&
            is_lock_type(name)) {
            return false;
        }
        if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type &&
            tag != DW_TAG_atomic_type) {
            return true;
        }
        if (!get_type(type, type)) {
            return false;
        }
    }
    return false;
}

/* Replaces *type by that of the member at *offset; its text, or NULL when there is none. The
 * C++ library's own members (_M_mutex) are what a lock is made of, not where it is. */
static const char *enter_member(struct arena *arena, Dwarf_Die *type, uint64_t *offset)
{
    Dwarf_Die member;
    if (dwarf_child(type, &member) != 0) {
        return NULL;
    }
    do {
        Dwarf_Attribute attribute;
        Dwarf_Word start = 0;
        Dwarf_Word size_bytes;
        Dwarf_Die member_type;
        const char *name = dwarf_diename(&member);
        dwarf_formudata(dwarf_attr(&member, DW_AT_data_member_location, &attribute), &start);
        if (dwarf_tag(&member) != DW_TAG_member || !get_type(&member, &member_type) ||
            dwarf_aggregate_size(&member_type, &size_bytes) != 0 || *offset < start ||
            *offset - start >= size_bytes || (name != NULL && strncmp(name, "_M_", 3) == 0)) {
            continue;
        }
        *offset -= start;
        *type = member_type;
        return name != NULL ? arena_printf(arena, ".%s", name) : "";
    } while (dwarf_siblingof(&member, &member) == 0);
    return NULL;
}

static const char *enter_element(struct arena *arena, Dwarf_Die *type, uint64_t *offset)
{
    Dwarf_Die element;
    Dwarf_Die range;
    Dwarf_Die next;
    Dwarf_Word size_bytes;
    bool one_dimension = dwarf_child(type, &range) == 0 && dwarf_siblingof(&range, &next) != 0;
    if (!one_dimension || !get_type(type, &element) ||
        dwarf_aggregate_size(&element, &size_bytes) != 0 || size_bytes == 0) {
        return NULL;
    }
    uint64_t index = *offset / size_bytes;
    *offset %= size_bytes;
    *type = element;
    return arena_printf(arena, "[%" PRIu64 "]", index);
}

const char *variable_member(struct arena *arena, const struct static_variable *variable,
                            uint64_t offset)
{
    const char *path = "";
    Dwarf_Die die = variable->die;
    Dwarf_Die type;
    bool found = get_type(&die, &type);
    for (int depth = 0; found && depth < DEPTH_MAX && peel(&type); depth++) {
        int tag = dwarf_tag(&type);
        const char *step = NULL;
        if (tag == DW_TAG_array_type) {
            step = enter_element(arena, &type, &offset);
        } else if (tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
                   tag == DW_TAG_union_type) {
            step = enter_member(arena, &type, &offset);
        }
        found = step != NULL;
        path = found ? arena_printf(arena, "%s%s", path, step) : path;
    }
    return offset == 0 ? path : arena_printf(arena, "%s+0x%" PRIx64, path, offset);
}
