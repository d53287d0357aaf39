#include "analyzer/misuse/same_calls.h"

#include <Zydis/Zydis.h>
#include <stdbool.h>

struct call {
    uint64_t returns;
    uint64_t target; /* a function, or the place its address is loaded from; 0: not told */
};

struct calls {
    ARRAY(struct call) list;
};

/* Where the operand leads to, if the instruction alone tells. */
static uint64_t target_of(const ZydisDecodedInstruction *instruction,
                          const ZydisDecodedOperand *operand, uint64_t address)
{
    bool is_fixed =
        operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE ||
        (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.base == ZYDIS_REGISTER_RIP);
    ZyanU64 target = 0;
    if (!is_fixed ||
        !ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(instruction, operand, address, &target))) {
        return 0;
    }
    return target;
}

static void find_calls(struct arena *arena, const struct code *code, uint64_t start, uint64_t end,
                       struct calls *calls)
{
    ZydisDecoder decoder;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    for (uint64_t address = start; address < end;) {
        const uint8_t *bytes = code->bytes + (address - code->start);
        if (!ZYAN_SUCCESS(
                ZydisDecoderDecodeFull(&decoder, bytes, end - address, &instruction, operands))) {
            address++; /* data among the code */
            continue;
        }
        if (instruction.mnemonic == ZYDIS_MNEMONIC_CALL) {
            *array_add(arena, &calls->list) =
                (struct call){.returns = address + instruction.length,
                              .target = target_of(&instruction, &operands[0], address)};
        }
        address += instruction.length;
    }
}

static const struct call *find_call(const struct calls *calls, uint64_t address)
{
    for (size_t i = 0; i < calls->list.count; i++) {
        if (calls->list.items[i].returns == address) {
            return &calls->list.items[i];
        }
    }
    return NULL;
}

void same_calls_find(struct arena *arena, const struct code *code, uint64_t start, uint64_t end,
                     uint64_t address, struct same_calls *calls)
{
    struct calls all = {0};
    if (start < code->start || end < start || end - code->start > code->size) {
        return;
    }
    find_calls(arena, code, start, end, &all);
    const struct call *wanted = find_call(&all, address);
    for (size_t i = 0; wanted != NULL && i < all.list.count; i++) {
        if (all.list.items[i].target == wanted->target) {
            *array_add(arena, &calls->returns) = all.list.items[i].returns;
        }
    }
}
