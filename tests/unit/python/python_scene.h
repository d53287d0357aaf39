/* A process that runs CPython 3.14, made by hand: two threads that each hold one of two locks by a
 * with block and wait for the other. The functions of target.h that the Python reader calls are the
 * scene's: they know nothing but its image. Offsets that the interpreter's own table gives are
 * unlike any real ones. */
#ifndef TESTS_UNIT_PYTHON_SCENE_H
#define TESTS_UNIT_PYTHON_SCENE_H

#include "analyzer/diagnose/python_frames.h"

#define SCENE_BYTES   65536u
#define SCENE_BASE    0x400000u
#define SCENE_THREADS 2
#define SCENE_TID(i)  (100u + (uint32_t)(i))

struct python_scene {
    struct arena arena;
    struct target target;
    struct target_thread threads[SCENE_THREADS];
    struct target_module module;
    unsigned char image[SCENE_BYTES];
    uint64_t used;

    uint64_t runtime, version; /* addresses of what is looked up by name */
    uint64_t locks[SCENE_THREADS], frames[SCENE_THREADS], states[SCENE_THREADS];
};

/* Free with python_scene_free. */
struct python_scene *python_scene_create(void);
void python_scene_free(struct python_scene *scene);

void python_scene_put(struct python_scene *scene, uint64_t address, uint64_t word);
void python_scene_put_byte(struct python_scene *scene, uint64_t address, unsigned char byte);

#endif
