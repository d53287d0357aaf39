#include "tests/unit/shim/scene.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim/capture/stack.h"
#include "shim/platform/path.h"
#include "shim/platform/recording.h"

uintptr_t scene_sites[SCENE_SITES];

static char folder[32];

struct shim_thread *scene_thread(void)
{
    if (thread_self != &thread_nobody)
        return thread_self;
    for (size_t i = 0; i < SCENE_SITES; i++)
        scene_sites[i] = (uintptr_t)&scene_sites[i];
    stack_start();
    struct shim_thread *self = thread_start_unannounced();
    assert_non_null(self);
    return thread_self = self;
}

void scene_make_folder(void)
{
    strcpy(folder, "shim_test.XXXXXX");
    assert_non_null(mkdtemp(folder));
    process_remember();
}

void scene_remove_folder(void)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_type == DT_REG || entry->d_type == DT_LNK)
            assert_int_equal(unlinkat(dirfd(directory), entry->d_name, 0), 0);
    }
    closedir(directory);
    assert_int_equal(rmdir(folder), 0);
}

const char *scene_folder(void)
{
    return folder;
}

void scene_record(void)
{
    char pattern[64];
    snprintf(pattern, sizeof(pattern), "%s/%%x.rec", folder);
    recording_configure(pattern);
}

void *scene_read(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long end = ftell(file);
    assert_true(end > 0);
    rewind(file);
    void *data = malloc((size_t)end);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)end, file), end);
    fclose(file);
    *bytes = (size_t)end;
    return data;
}
