#include "analyzer/misuse/result_use.h"

#include <Zydis/Zydis.h>
#include <stdbool.h>

#define WAYS_MAX         64  /* places that jumps lead to */
#define INSTRUCTIONS_MAX 256 /* on all ways together */
#define CALLS_MAX        3   /* callees of callees that are looked into */

/* What was met on the ways, as a bit set. */
enum met { MET_USE = 1, MET_OVERWRITTEN = 2, MET_RETURN = 4, MET_UNKNOWN = 8 };

/* What one instruction does to the way it lies on. */
enum step { STEP_ON, STEP_ENDS };

#define RESULT_BITS 0xffffffffu

/* A place that is come to with these bits of the result overwritten: al may be, and the rest of eax
 * still be looked at. */
struct way {
    uint64_t address;
    uint32_t gone;
};

struct walk {
    const struct code *code;
    ZydisDecoder decoder;
    struct way ways[WAYS_MAX];
    size_t way_count;
    uint32_t gone; /* on the way that is followed */
    size_t instructions;
    unsigned met;
    unsigned depth; /* 0: after the call itself; else in a callee met on the way */
};

struct instruction {
    ZydisDecodedInstruction head;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    uint64_t address;
};

/* What of the result a register has. */
static uint32_t bits_of(ZydisRegister reg)
{
    switch (reg) {
    case ZYDIS_REGISTER_RAX:
    case ZYDIS_REGISTER_EAX:
        return RESULT_BITS;
    case ZYDIS_REGISTER_AX:
        return 0xffff;
    case ZYDIS_REGISTER_AH:
        return 0xff00;
    case ZYDIS_REGISTER_AL:
        return 0xff;
    default:
        return 0;
    }
}

static uint32_t bits_read(const ZydisDecodedOperand *operand)
{
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        return bits_of(operand->mem.base) | bits_of(operand->mem.index);
    }
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
                   (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0
               ? bits_of(operand->reg.value)
               : 0;
}

static uint32_t bits_written(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
                   (operand->actions & ZYDIS_OPERAND_ACTION_WRITE) != 0
               ? bits_of(operand->reg.value)
               : 0;
}

/* xor eax, eax and its like read nothing, nor does or eax, -1. A callee that saves eax only moves
 * the stack. */
static bool only_seems_to_read(const struct walk *walk, const struct instruction *instruction)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    switch (instruction->head.mnemonic) {
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_SBB:
        return operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               operands[0].reg.value == operands[1].reg.value;
    case ZYDIS_MNEMONIC_OR:
        return operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[1].imm.value.s == -1;
    case ZYDIS_MNEMONIC_PUSH:
        return walk->depth > 0;
    case ZYDIS_MNEMONIC_NOP:
        return true;
    default:
        return false;
    }
}

static void add_way(struct walk *walk, uint64_t address)
{
    for (size_t i = 0; i < walk->way_count; i++) {
        if (walk->ways[i].address == address && walk->ways[i].gone == walk->gone) {
            return;
        }
    }
    if (walk->way_count == WAYS_MAX) {
        walk->met |= MET_UNKNOWN;
    } else {
        walk->ways[walk->way_count++] = (struct way){address, walk->gone};
    }
}

static unsigned walk_from(const struct code *code, uint64_t address, unsigned depth);

/* The target of a direct jump or call. */
static bool find_target(const struct instruction *instruction, uint64_t *target)
{
    const ZydisDecodedOperand *operand = &instruction->operands[0];
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
           ZYAN_SUCCESS(
               ZydisCalcAbsoluteAddress(&instruction->head, operand, instruction->address, target));
}

/* A compiler that sees the callee may know that it leaves eax alone, and keep the result there. */
static enum step step_call(struct walk *walk, const struct instruction *instruction)
{
    uint64_t target;
    unsigned met = MET_OVERWRITTEN;
    if (walk->depth < CALLS_MAX && find_target(instruction, &target)) {
        met = walk_from(walk->code, target, walk->depth + 1);
    }
    if (met == MET_RETURN) {
        return STEP_ON;
    }
    walk->met |= met == 0 ? 0 : (met & MET_OVERWRITTEN) != 0 ? MET_OVERWRITTEN : MET_UNKNOWN;
    return STEP_ENDS;
}

/* A jump to an address in memory at a fixed place leaves for another function, which takes no
 * argument in eax; one by way of a register or table may lead to any case of a switch. */
static enum step step_jump(struct walk *walk, const struct instruction *instruction)
{
    uint64_t target;
    const ZydisDecodedOperand *operand = &instruction->operands[0];
    if (find_target(instruction, &target)) {
        add_way(walk, target);
        return STEP_ENDS;
    }
    bool is_fixed = operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
                    operand->mem.base == ZYDIS_REGISTER_RIP &&
                    operand->mem.index == ZYDIS_REGISTER_NONE;
    walk->met |= is_fixed ? MET_OVERWRITTEN : MET_UNKNOWN;
    return STEP_ENDS;
}

static enum step step_branch(struct walk *walk, const struct instruction *instruction)
{
    uint64_t target;
    switch (instruction->head.meta.category) {
    case ZYDIS_CATEGORY_CALL:
        return step_call(walk, instruction);
    case ZYDIS_CATEGORY_UNCOND_BR:
        return step_jump(walk, instruction);
    case ZYDIS_CATEGORY_COND_BR:
        if (find_target(instruction, &target)) {
            add_way(walk, target);
        }
        return STEP_ON;
    case ZYDIS_CATEGORY_RET:
        /* A function that wrote al returns that: a flag or a character. */
        walk->met |= walk->gone == 0 ? MET_RETURN : MET_OVERWRITTEN;
        return STEP_ENDS;
    case ZYDIS_CATEGORY_INTERRUPT:
        return STEP_ENDS; /* a trap: the program does not get here */
    default:
        return instruction->head.mnemonic == ZYDIS_MNEMONIC_UD2 ||
                       instruction->head.mnemonic == ZYDIS_MNEMONIC_HLT
                   ? STEP_ENDS
                   : STEP_ON;
    }
}

static enum step step(struct walk *walk, const struct instruction *instruction)
{
    uint32_t overwritten = 0;
    if (instruction->head.mnemonic == ZYDIS_MNEMONIC_SYSCALL) {
        walk->met |= MET_USE; /* its number is in eax */
        return STEP_ENDS;
    }
    for (size_t i = 0; i < instruction->head.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if ((bits_read(operand) & ~walk->gone) != 0 && !only_seems_to_read(walk, instruction)) {
            walk->met |= MET_USE;
            return STEP_ENDS;
        }
        overwritten |= bits_written(operand);
    }
    walk->gone |= overwritten;
    if (walk->gone == RESULT_BITS) {
        walk->met |= MET_OVERWRITTEN;
        return STEP_ENDS;
    }
    return step_branch(walk, instruction);
}

static bool decode(const struct walk *walk, uint64_t address, struct instruction *instruction)
{
    uint64_t offset = address - walk->code->start;
    instruction->address = address;
    return offset < walk->code->size &&
           ZYAN_SUCCESS(ZydisDecoderDecodeFull(&walk->decoder, walk->code->bytes + offset,
                                               walk->code->size - offset, &instruction->head,
                                               instruction->operands));
}

static void follow(struct walk *walk, struct way way)
{
    struct instruction instruction;
    enum step next = STEP_ON;
    uint64_t address = way.address;
    walk->gone = way.gone;
    while (next == STEP_ON) {
        if (walk->instructions++ == INSTRUCTIONS_MAX || !decode(walk, address, &instruction)) {
            walk->met |= MET_UNKNOWN;
            return;
        }
        next = step(walk, &instruction);
        address += instruction.head.length;
    }
}

static unsigned walk_from(const struct code *code, uint64_t address, unsigned depth)
{
    struct walk walk = {.code = code, .depth = depth};
    if (!ZYAN_SUCCESS(
            ZydisDecoderInit(&walk.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64))) {
        return MET_UNKNOWN;
    }
    add_way(&walk, address);
    for (size_t i = 0; i < walk.way_count && (walk.met & MET_USE) == 0; i++) {
        follow(&walk, walk.ways[i]);
    }
    return walk.met;
}

enum result_use result_use_find(const struct code *code, uint64_t address)
{
    unsigned met = walk_from(code, address, 0);
    if ((met & MET_USE) != 0) {
        return RESULT_USED;
    }
    if ((met & MET_UNKNOWN) != 0 || met == 0) {
        return RESULT_UNKNOWN;
    }
    return (met & MET_RETURN) != 0 ? RESULT_PASSED : RESULT_IGNORED;
}
