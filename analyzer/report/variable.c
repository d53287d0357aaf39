#include "analyzer/report/variable.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include "analyzer/report/member.h"

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

static void take_variable(struct walk *walk, Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operations;
    size_t count;
    Dwarf_Die type;
    Dwarf_Word size_bytes;
    if (dwarf_getlocation(dwarf_attr(die, DW_AT_location, &attribute), &operations, &count) != 0 ||
        count != 1 || operations[0].atom != DW_OP_addr || !member_type(die, &type) ||
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
