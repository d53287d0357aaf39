#include "shim/capture/unwind.h"

#include <dlfcn.h>
#include <libunwind-x86_64.h>
#include <string.h>
#include <sys/resource.h>
#include <ucontext.h>

#include "shim/capture/module.h"

/* The part of libunwind's interface we use, by its names for this machine. */
static struct {
    unw_addr_space_t (*create_addr_space)(unw_accessors_t *, int);
    int (*set_caching_policy)(unw_addr_space_t, unw_caching_policy_t);
    int (*init_remote)(unw_cursor_t *, unw_addr_space_t, void *);
    int (*step)(unw_cursor_t *);
    int (*get_reg)(unw_cursor_t *, unw_regnum_t, unw_word_t *);
    int (*is_signal_frame)(unw_cursor_t *);
    int (*search_unwind_table)(unw_addr_space_t, unw_word_t, unw_dyn_info_t *, unw_proc_info_t *,
                               int, void *);
} library;

static unw_addr_space_t space;

/* One walk: the registers it starts with and the memory it may read. */
struct walk {
    unw_word_t registers[UNW_X86_64_RIP + 1];
    uintptr_t stack_low, stack_high;
    struct module_place module; /* the last one looked up */
};

/* The head of .eh_frame_hdr, as the linker writes it: a sorted table of pairs of 32-bit offsets
 * relative to the section itself. */
struct unwind_table {
    uint8_t version, pointer_encoding, count_encoding, table_encoding;
    int32_t frames;
    uint32_t count;
    struct unwind_entry {
        int32_t start, description;
    } entries[];
};

enum { PC_RELATIVE_SDATA4 = 0x1b, UDATA4 = 0x03, TABLE_RELATIVE_SDATA4 = 0x3b };

/* The last entry that starts at or before `ip`, NULL if there is none. libunwind would find it too,
 * but reads every word of its search through access_memory. */
static const struct unwind_entry *find_entry(const struct unwind_table *table, uintptr_t ip)
{
    int64_t offset = (int64_t)(ip - (uintptr_t)table);
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->entries[middle].start <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &table->entries[low - 1] : NULL;
}

static int find_procedure(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *info, int need,
                          void *context)
{
    struct walk *walk = context;
    if (!module_find(ip, &walk->module) || !walk->module.unwind_table)
        return -UNW_ENOINFO;
    const struct unwind_table *table = walk->module.unwind_table;
    if (table->version != 1 || table->count_encoding != UDATA4 ||
        table->table_encoding != TABLE_RELATIVE_SDATA4)
        return -UNW_ENOINFO;
    const struct unwind_entry *entry = find_entry(table, ip);
    if (!entry)
        return -UNW_ENOINFO;
    unw_dyn_info_t list;
    memset(&list, 0, sizeof(list));
    list.start_ip = walk->module.start;
    list.end_ip = walk->module.end;
    list.format = UNW_INFO_FORMAT_REMOTE_TABLE;
    list.u.rti.segbase = (unw_word_t)table;
    list.u.rti.table_data = (unw_word_t)entry;
    list.u.rti.table_len = sizeof(*entry) / sizeof(unw_word_t);
    return library.search_unwind_table(as, ip, &list, info, need, context);
}

static void put_procedure(unw_addr_space_t as, unw_proc_info_t *info, void *context)
{
    (void)as, (void)info, (void)context;
}

static int no_dynamic_list(unw_addr_space_t as, unw_word_t *list, void *context)
{
    (void)as, (void)list, (void)context;
    return -UNW_ENOINFO;
}

static int access_memory(unw_addr_space_t as, unw_word_t address, unw_word_t *value, int write,
                         void *context)
{
    (void)as;
    const struct walk *walk = context;
    unw_word_t end = address + sizeof(*value);
    bool on_stack = address >= walk->stack_low && end <= walk->stack_high;
    bool in_module = address >= walk->module.start && end <= walk->module.end;
    if (write || end < address || (!on_stack && !in_module))
        return -UNW_EINVAL;
    memcpy(value, (const void *)address, sizeof(*value));
    return 0;
}

static int access_register(unw_addr_space_t as, unw_regnum_t number, unw_word_t *value, int write,
                           void *context)
{
    (void)as;
    struct walk *walk = context;
    if (write || number < 0 || number > UNW_X86_64_RIP)
        return -UNW_EBADREG;
    *value = walk->registers[number];
    return 0;
}

static int access_float(unw_addr_space_t as, unw_regnum_t number, unw_fpreg_t *value, int write,
                        void *context)
{
    (void)as, (void)number, (void)value, (void)write, (void)context;
    return -UNW_EBADREG;
}

static int resume(unw_addr_space_t as, unw_cursor_t *cursor, void *context)
{
    (void)as, (void)cursor, (void)context;
    return -UNW_EINVAL;
}

static int procedure_name(unw_addr_space_t as, unw_word_t ip, char *name, size_t size,
                          unw_word_t *offset, void *context)
{
    (void)as, (void)ip, (void)name, (void)size, (void)offset, (void)context;
    return -UNW_ENOINFO;
}

#define LIBRARY_FUNCTION(name) *(void **)(void *)&library.name = dlsym(handle, name_of(name))
#define name_of(name)          "_Ux86_64_" #name

/* Bound to its own libraries first: its locking must not run through other tools' wrappers. ASan
 * refuses that flag in its own dlopen, so the C library's is asked. */
static void *open_library(void)
{
    void *c_library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    void *(*plain_dlopen)(const char *, int);
    *(void **)(void *)&plain_dlopen = c_library ? dlsym(c_library, "dlopen") : NULL;
    if (!plain_dlopen)
        plain_dlopen = dlopen;
    return plain_dlopen("libunwind-x86_64.so.8", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
}

static void set_no_cache(void)
{
    library.set_caching_policy(space, UNW_CACHE_NONE);
}

/* libunwind's first call opens a pipe that only its local unwinder uses; kept from it, it opens one
 * if the program ever unwinds that way. */
static void without_descriptors(void (*first_call)(void))
{
    struct rlimit limit, none;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    none = (struct rlimit){0, limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    first_call();
    setrlimit(RLIMIT_NOFILE, &limit);
}

void unwind_start(void)
{
    static unw_accessors_t accessors = {
        .find_proc_info = find_procedure,
        .put_unwind_info = put_procedure,
        .get_dyn_info_list_addr = no_dynamic_list,
        .access_mem = access_memory,
        .access_reg = access_register,
        .access_fpreg = access_float,
        .resume = resume,
        .get_proc_name = procedure_name,
    };
    void *handle = open_library();
    if (!handle)
        return;
    LIBRARY_FUNCTION(create_addr_space);
    LIBRARY_FUNCTION(set_caching_policy);
    LIBRARY_FUNCTION(init_remote);
    LIBRARY_FUNCTION(step);
    LIBRARY_FUNCTION(get_reg);
    LIBRARY_FUNCTION(is_signal_frame);
    *(void **)(void *)&library.search_unwind_table =
        dlsym(handle, "_Ux86_64_dwarf_search_unwind_table");
    void *const *functions = (void *const *)(const void *)&library;
    for (size_t i = 0; i < sizeof(library) / sizeof(void *); i++) {
        if (!functions[i])
            return;
    }
    space = library.create_addr_space(&accessors, 0);
    if (space)
        without_descriptors(set_no_cache);
}

bool unwind_available(void)
{
    return space != NULL;
}

/* The registers of this very function; the walk then starts below the hook and skips up to it. */
#define CAPTURE_REGISTERS(registers)                                                               \
    __asm__ volatile(                                                                              \
        "movq %%rbx, %c[rbx](%[to])\n\t"                                                           \
        "movq %%rbp, %c[rbp](%[to])\n\t"                                                           \
        "movq %%rsp, %c[rsp](%[to])\n\t"                                                           \
        "movq %%r12, %c[r12](%[to])\n\t"                                                           \
        "movq %%r13, %c[r13](%[to])\n\t"                                                           \
        "movq %%r14, %c[r14](%[to])\n\t"                                                           \
        "movq %%r15, %c[r15](%[to])\n\t"                                                           \
        "leaq 0(%%rip), %%rax\n\t"                                                                 \
        "movq %%rax, %c[rip](%[to])\n\t"                                                           \
        :                                                                                          \
        : [to] "r"(registers), [rbx] "i"(8 * UNW_X86_64_RBX), [rbp] "i"(8 * UNW_X86_64_RBP),       \
          [rsp] "i"(8 * UNW_X86_64_RSP), [r12] "i"(8 * UNW_X86_64_R12),                            \
          [r13] "i"(8 * UNW_X86_64_R13), [r14] "i"(8 * UNW_X86_64_R14),                            \
          [r15] "i"(8 * UNW_X86_64_R15), [rip] "i"(8 * UNW_X86_64_RIP)                             \
        : "rax", "memory")

/* Steps to the caller: its return address and the slot that held it. */
static bool step(unw_cursor_t *cursor, struct unwind_frame *frame)
{
    unw_word_t ip, sp;
    if (library.step(cursor) <= 0 || library.get_reg(cursor, UNW_X86_64_RIP, &ip) != 0 ||
        library.get_reg(cursor, UNW_X86_64_RSP, &sp) != 0 || ip == 0)
        return false;
    frame->address = ip;
    frame->slot = sp - sizeof(unw_word_t);
    return true;
}

/* Up to the frame whose return address lies at `pointer`. */
static bool step_to(unw_cursor_t *cursor, uintptr_t pointer)
{
    struct unwind_frame frame;
    do {
        if (!step(cursor, &frame) || frame.slot > pointer)
            return false;
    } while (frame.slot != pointer);
    return true;
}

/* The step came out of a signal frame: above the slot of `inner` the kernel has put a ucontext. */
static bool is_interrupted_by(const struct walk *walk, const struct unwind_frame *inner,
                              const struct unwind_frame *interrupted)
{
    const ucontext_t *context = (const void *)(inner->slot + sizeof(unw_word_t));
    return (uintptr_t)&context->uc_sigmask < walk->stack_high &&
           (uintptr_t)context->uc_mcontext.gregs[REG_RIP] == interrupted->address;
}

size_t unwind_stack(uintptr_t address, uintptr_t pointer, uintptr_t stack_high,
                    struct unwind_frame *frames, size_t capacity, enum unwind_end *end)
{
    struct walk walk = {.stack_high = stack_high};
    unw_cursor_t cursor;
    struct unwind_frame frame;
    size_t count = 1, before_shim = 0; /* if the last of its frames seems to be a thread's first */
    frames[0] = (struct unwind_frame){address, pointer};
    walk.stack_low = (uintptr_t)&walk; /* nothing below here is anybody's frame */
    CAPTURE_REGISTERS(walk.registers);
    *end = UNWIND_CUT;
    if (library.init_remote(&cursor, space, &walk) != 0)
        return count;
    if (!step_to(&cursor, pointer))
        return count;
    for (;;) {
        if (!step(&cursor, &frame)) {
            *end = UNWIND_COMPLETE;
            break;
        }
        if (library.is_signal_frame(&cursor)) {
            if (is_interrupted_by(&walk, &frames[count - 1], &frame))
                *end = UNWIND_SIGNAL;
            return count;
        }
        if (frame.slot <= frames[count - 1].slot)
            break;
        if (module_is_shim(frame.address)) {
            before_shim = count;
            continue;
        }
        if (!module_is_c_library(frame.address))
            before_shim = 0;
        if (count == capacity)
            break;
        frames[count++] = frame;
    }
    if (!before_shim)
        return count;
    *end = UNWIND_COMPLETE;
    return before_shim;
}
