#include "shim/capture/module.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/path.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum { MODULES_MOST = 0xffff, START_MODULES = 512 };

struct known_module {
    uintptr_t start, end, bias;
    const void *link; /* the loader's entry, to tell a file from the next at its place */
    const char *path;
    bool unloaded;
    uint32_t written; /* recording_epoch; under recording_lock */
    uint32_t build_id_bytes;
    uint8_t build_id[32];
};

/* Appended to under `lock`; an entry is constant once its id is handed out. */
static struct inner_lock lock;
static struct pool modules = POOL_INIT(struct known_module, 64);
static struct carver paths;
static struct module_place shim_place, c_library_place;

static struct module_place at_start[START_MODULES];
static size_t at_start_count;

#ifdef DLFO_STRUCT_HAS_EH_DBASE
static int (*find_object)(void *, struct dl_find_object *);

static bool find_by_loader(uintptr_t address, struct module_place *place)
{
    struct dl_find_object found;
    if (find_object((void *)address, &found) != 0)
        return false;
    place->start = (uintptr_t)found.dlfo_map_start;
    place->end = (uintptr_t)found.dlfo_map_end;
    place->bias = found.dlfo_link_map->l_addr;
    place->unwind_table = found.dlfo_eh_frame;
    place->link = found.dlfo_link_map;
    place->path = found.dlfo_link_map->l_name;
    return true;
}
#else
static int (*find_object)(void *, void *);

static bool find_by_loader(uintptr_t address, struct module_place *place)
{
    (void)address, (void)place;
    return false;
}
#endif

static int add_module(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size, (void)context;
    struct module_place place = {.start = UINTPTR_MAX, .bias = info->dlpi_addr};
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_GNU_EH_FRAME)
            place.unwind_table = (const void *)start;
        if (header->p_type != PT_LOAD)
            continue;
        if (start < place.start)
            place.start = start;
        if (start + header->p_memsz > place.end)
            place.end = start + header->p_memsz;
    }
    place.path = info->dlpi_name;
    if (at_start_count < START_MODULES)
        at_start[at_start_count++] = place;
    return 0;
}

static bool find_in_list(uintptr_t address, struct module_place *place)
{
    for (size_t i = 0; i < at_start_count; i++) {
        if (address >= at_start[i].start && address < at_start[i].end) {
            *place = at_start[i];
            return true;
        }
    }
    return false;
}

void module_start(void)
{
    *(void **)(void *)&find_object = dlsym(RTLD_DEFAULT, "_dl_find_object");
    if (!find_object)
        dl_iterate_phdr(add_module, NULL);
    module_find((uintptr_t)&module_start, &shim_place);
    void *in_c_library = dlsym(RTLD_DEFAULT, "__libc_start_main");
    if (in_c_library)
        module_find((uintptr_t)in_c_library, &c_library_place);
}

bool module_find(uintptr_t address, struct module_place *place)
{
    return find_object ? find_by_loader(address, place) : find_in_list(address, place);
}

bool module_is_shim(uintptr_t address)
{
    return address >= shim_place.start && address < shim_place.end;
}

bool module_is_c_library(uintptr_t address)
{
    return address >= c_library_place.start && address < c_library_place.end;
}

/* The note of the linker's --build-id, in the mapped file. */
static void read_build_id(const struct module_place *place, struct known_module *module)
{
    const ElfW(Ehdr) *file = (const void *)place->start;
    if (memcmp(file->e_ident, ELFMAG, SELFMAG) != 0 || file->e_phoff > 4096)
        return;
    const ElfW(Phdr) *headers = (const void *)(place->start + file->e_phoff);
    for (int i = 0; i < file->e_phnum; i++) {
        if (headers[i].p_type != PT_NOTE)
            continue;
        const char *note = (const char *)(place->bias + headers[i].p_vaddr);
        const char *end = note + headers[i].p_memsz;
        while (note + sizeof(ElfW(Nhdr)) < end) {
            const ElfW(Nhdr) *head = (const void *)note;
            const char *name = note + sizeof(*head);
            const char *text = name + ((head->n_namesz + 3) & ~3u);
            if (head->n_type == NT_GNU_BUILD_ID && head->n_namesz == 4 && head->n_descsz <= 32) {
                memcpy(module->build_id, text, head->n_descsz);
                module->build_id_bytes = head->n_descsz;
                return;
            }
            note = text + ((head->n_descsz + 3) & ~3u);
        }
    }
}

static const char *absolute_path(const char *path)
{
    char buffer[PATH_BYTES];
    struct text full = text_over(buffer, sizeof(buffer));
    buffer[0] = '\0';
    if (!path[0]) {
        full.length = path_of_program(buffer);
    } else if (strchr(path, '/') && path[0] != '/' && getcwd(buffer, sizeof(buffer))) {
        full.length = strlen(buffer);
        text_add(&full, "/");
        text_add(&full, path);
    } else {
        text_add(&full, path);
    }
    char *kept = carver_alloc(&paths, full.length + 1);
    return kept ? memcpy(kept, buffer, full.length + 1) : "";
}

static uint32_t find_or_add(const struct module_place *place)
{
    for (uint32_t id = modules.used; id; id--) {
        const struct known_module *module = pool_at(&modules, id);
        if (!module->unloaded && module->start == place->start && module->end == place->end &&
            module->bias == place->bias)
            return id;
    }
    if (modules.used >= MODULES_MOST)
        return 0;
    uint32_t id = pool_alloc(&modules);
    if (!id)
        return 0;
    struct known_module *module = pool_at(&modules, id);
    module->start = place->start;
    module->end = place->end;
    module->bias = place->bias;
    module->link = place->link;
    module->path = absolute_path(place->path);
    read_build_id(place, module);
    return id;
}

uint32_t module_intern(const struct module_place *place)
{
    inner_lock_acquire(&lock);
    uint32_t id = find_or_add(place);
    inner_lock_release(&lock);
    return id;
}

struct module_identity module_identity(uint32_t id)
{
    const struct known_module *module = pool_at(&modules, id);
    return (struct module_identity){.path = module->path,
                                    .bias = module->bias,
                                    .build_id = module->build_id,
                                    .build_id_bytes = module->build_id_bytes};
}

static int intern_loaded(struct dl_phdr_info *info, size_t size, void *context)
{
    struct module_place place;
    (void)size, (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_LOAD) {
            if (module_find(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr, &place))
                module_intern(&place);
            break;
        }
    }
    return 0;
}

void module_intern_loaded(void)
{
    dl_iterate_phdr(intern_loaded, NULL);
}

void module_forget_unloaded(void (*gone)(uintptr_t start, uintptr_t end))
{
    inner_lock_acquire(&lock);
    for (uint32_t id = 1; id <= modules.used; id++) {
        struct known_module *module = pool_at(&modules, id);
        struct module_place now;
        if (module->unloaded || (module_find(module->start, &now) && now.bias == module->bias &&
                                 now.end == module->end && now.link == module->link))
            continue;
        module->unloaded = true;
        gone(module->start, module->end);
    }
    inner_lock_release(&lock);
}

void module_after_fork(void)
{
    inner_lock_reset(&lock);
}

static void write_module(uint32_t id, struct known_module *module)
{
    size_t path_bytes = strlen(module->path) + 1;
    struct trace_module *record = recording_reserve(sizeof(*record) + path_bytes);
    if (!record)
        return;
    record->id = id;
    record->start = module->start;
    record->end = module->end;
    record->bias = module->bias;
    record->build_id_bytes = module->build_id_bytes;
    memcpy(record->build_id, module->build_id, sizeof(record->build_id));
    record->path_bytes = (uint32_t)path_bytes;
    memcpy(record->path, module->path, path_bytes);
    recording_publish(record, TRACE_MODULE, sizeof(*record) + path_bytes);
    module->written = recording_epoch;
}

trace_code_t module_record(uint32_t id, uintptr_t address)
{
    if (!id)
        return TRACE_CODE(0, address);
    struct known_module *module = pool_at(&modules, id);
    if (module->written != recording_epoch)
        write_module(id, module);
    return TRACE_CODE(id, address - module->bias);
}

void module_record_all(void)
{
    for (uint32_t id = 1; id <= modules.used; id++)
        module_record(id, 0);
}
