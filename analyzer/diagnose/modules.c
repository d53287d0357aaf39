#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/diagnose/elf_image.h"
#include "analyzer/diagnose/source.h"

/* Consecutive mappings of one file. */
struct run {
    const struct mapping *first;
    uint64_t end;
    bool executable;
};

struct mapped_bytes {
    const struct target *target;
    const struct run *run;
};

static bool read_mapped(const void *context, uint64_t offset, void *buffer, size_t bytes)
{
    const struct mapped_bytes *mapped = context;
    uint64_t size_bytes = mapped->run->end - mapped->run->first->start;
    return offset <= size_bytes && bytes <= size_bytes - offset &&
           target_read(mapped->target, mapped->run->first->start + offset, buffer, bytes);
}

/* Whether the file can stand for what is mapped. */
static bool is_same(struct arena *arena, const char *file, const struct elf_image *mapped,
                    struct elf_image *found)
{
    if (!elf_image_read_file(arena, file, found)) {
        return false;
    }
    return mapped == NULL || mapped->build_id == NULL ||
           (mapped->build_id_bytes == found->build_id_bytes &&
            memcmp(mapped->build_id, found->build_id, found->build_id_bytes) == 0);
}

/* The file from here: by its path, by its path in the process's own root, or by the mapping itself,
 * which outlives its name. */
static const char *find_file(struct target *target, const struct run *run, const char *root,
                             const struct elf_image *mapped, struct elf_image *found)
{
    struct arena *arena = target->arena;
    const char *path = run->first->path;
    const char *in_root = arena_printf(arena, "%s%s", root, path);
    bool named = !run->first->deleted;
    if (named && is_same(arena, path, mapped, found)) {
        return path;
    }
    if (root[0] == '\0') {
        return NULL;
    }
    if (named && is_same(arena, in_root, mapped, found)) {
        return in_root;
    }
    const char *by_mapping =
        arena_printf(arena, "%.*s/map_files/%lx-%lx", (int)(strlen(root) - strlen("/root")), root,
                     run->first->start, run->first->end);
    return is_same(arena, by_mapping, mapped, found) ? by_mapping : NULL;
}

static const char *file_problem(struct arena *arena, const char *path)
{
    if (access(path, F_OK) != 0) {
        return arena_printf(arena, "%s is not there any more: its names are not shown", path);
    }
    return arena_printf(arena,
                        "%s is not the file that was running (another build-id): its names are "
                        "not shown",
                        path);
}

/* Its variables that begin as zero lie past its mappings, at most up to `limit`. */
static void add_module(struct target *target, const struct run *run, uint64_t limit,
                       const char *root)
{
    struct arena *arena = target->arena;
    struct elf_image mapped, found;
    const struct mapped_bytes context = {target, run};
    const struct elf_bytes bytes = {read_mapped, &context};
    bool known = run->first->offset == 0 && elf_image_read(arena, &bytes, &mapped);
    const char *file = find_file(target, run, root, known ? &mapped : NULL, &found);
    if (!known && file == NULL) {
        return;
    }
    const struct elf_image *image = known ? &mapped : &found;
    if (image->machine != EM_X86_64 || (image->type != ET_DYN && image->type != ET_EXEC)) {
        return;
    }
    uint64_t bias = run->first->start - run->first->offset - image->first_address;
    uint64_t end = bias + image->end_address;
    target->modules[target->module_count++] = (struct target_module){
        .path = run->first->path,
        .file = file,
        .problem = file == NULL ? file_problem(arena, run->first->path) : NULL,
        .start = run->first->start,
        .end = end > run->end && end <= limit ? end : run->end,
        .bias = bias,
        .build_id = image->build_id,
        .build_id_bytes = image->build_id_bytes,
    };
}

void modules_from_mappings(struct target *target, const struct mappings *mappings, const char *root)
{
    size_t count = mappings->list.count;
    target->modules = arena_alloc(target->arena, count + 1, sizeof *target->modules);
    for (size_t i = 0; i < count;) {
        struct run run = {&mappings->list.items[i], 0, false};
        for (; i < count && strcmp(mappings->list.items[i].path, run.first->path) == 0 &&
               (mappings->list.items[i].offset != 0 || &mappings->list.items[i] == run.first);
             i++) {
            run.end = mappings->list.items[i].end;
            run.executable |= mappings->list.items[i].executable;
        }
        if (run.executable) {
            add_module(target, &run, i < count ? mappings->list.items[i].start : UINT64_MAX, root);
        }
    }
}
