/* The shim's parts started inside a test: a folder for recordings, a thread state, call sites that
 * exist only by name, and the recording read back. One thread. */
#ifndef TESTS_UNIT_SHIM_SCENE_H
#define TESTS_UNIT_SHIM_SCENE_H

#include <stddef.h>
#include <stdint.h>

#include "shim/core/acquire.h"
#include "shim/core/thread.h"

enum { SCENE_SITES = 16 };

/* A place that calls hooks: the return address, which lies at its own address. */
extern uintptr_t scene_sites[SCENE_SITES];
#define SCENE_SITE(number) scene_sites[number], (uintptr_t)&scene_sites[number]

/* The state of this thread, made at the first call, after the recording is set up. */
struct shim_thread *scene_thread(void);

/* A new folder in the current directory, and the same removed with the files in it. */
void scene_make_folder(void);
void scene_remove_folder(void);
const char *scene_folder(void);

/* Configures a recording in the folder; opened by the first record. */
void scene_record(void);

/* The whole file, 8-byte aligned, for free(). */
void *scene_read(const char *path, size_t *bytes);

#endif
