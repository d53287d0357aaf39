#include <dlfcn.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/command/data_directory.h"
#include "analyzer/command/installation.h"
#include "analyzer/command/loaded_libraries.h"
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/watchable.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/unseen.h"

#define STATUS_UNWATCHABLE 125
#define UNWINDER           "libunwind-x86_64.so.8"

struct doctor {
    struct arena arena;
    struct elf_facts facts; /* of the program */
    struct loaded_libraries libraries;
};

static const char *safe(struct doctor *doctor, const char *text)
{
    return escape_terminal(&doctor->arena, text);
}

/* glibc 2.31 is the oldest that is supported. */
static bool is_old_glibc(const char *version)
{
    char *end;
    long major = strtol(version, &end, 10);
    long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return major < 2 || (major == 2 && minor < 31);
}

/* Containers may lack what the library asks the system for. */
static void check_surroundings(struct doctor *doctor)
{
    if (access("/proc/self/task", R_OK) == 0) {
        puts("  /proc: is there");
    } else {
        puts("  /proc: is not mounted, so deadlocks through process-shared locks, and processes in "
             "which every thread waits, are not noticed (mount -t proc proc /proc)");
    }
    if (access(".", W_OK | X_OK) == 0) {
        puts("  recordings: the current directory can be written to");
        return;
    }
    int error = errno;
    const char *other = data_directory_elsewhere(&doctor->arena);
    printf("  recordings: the current directory cannot be written to (%s); ", strerror(error));
    if (other != NULL) {
        printf("use --data=%s\n", safe(doctor, other));
    } else {
        puts("mount a folder that can, and name it with --data=DIR");
    }
}

static bool check_system(struct doctor *doctor, const struct options *options)
{
    const char *version = gnu_get_libc_version();
    const char *library =
        installation_library(&doctor->arena, "doctor", options->values[OPTION_LIBRARY]);
    void *unwinder = dlopen(UNWINDER, RTLD_LAZY | RTLD_LOCAL);
    puts("system:");
    printf("  glibc %s%s\n", version, is_old_glibc(version) ? ": too old, 2.31 is needed" : "");
    printf("  library: %s\n", library != NULL ? safe(doctor, library) : "not found");
    printf("  stacks: %s\n",
           unwinder != NULL ? UNWINDER " is there"
                            : UNWINDER
               " is missing, so only the innermost frame is known (install libunwind8)");
    if (unwinder != NULL) {
        dlclose(unwinder);
    }
    check_surroundings(doctor);
    return library != NULL && !is_old_glibc(version);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* `printf` and its like lock the stream inside the C library, past us. */
static bool uses_streams(const struct elf_facts *facts)
{
    return elf_facts_imports(facts, "printf") || elf_facts_imports(facts, "puts") ||
           elf_facts_imports(facts, "fwrite") || elf_facts_imports(facts, "fputs") ||
           elf_facts_imports(facts, "fprintf");
}

static void print_unseen(struct doctor *doctor, const char *program)
{
    const struct loaded_libraries *libraries = &doctor->libraries;
    struct unseen unseen = {0};
    unseen_add_file(&doctor->arena, &unseen, program, &doctor->facts, true);
    for (size_t i = 0; i < libraries->paths.count; i++) {
        struct elf_facts facts;
        const char *path = libraries->paths.items[i];
        bool readable = elf_facts_read(&doctor->arena, path, &facts);
        unseen_add_file(&doctor->arena, &unseen, path, readable ? &facts : NULL, false);
    }
    puts("not seen in this version, and used by this program:");
    for (size_t i = 0; i < unseen.texts.count; i++) {
        printf("  %s\n", unseen.texts.items[i]);
    }
    if (uses_streams(&doctor->facts)) {
        puts("  the lock of each stdio stream, inside printf and its like");
    } else if (unseen.texts.count == 0) {
        puts("  nothing that can be told from its file");
    }
}

static bool is_libc(const char *path)
{
    const char *name = base_name(path);
    return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libpthread.so", 13) == 0 ||
           strncmp(name, "ld-linux", 8) == 0;
}

/* What a file does with the functions we stand in for. Its own allocator is fine, and worth
 * knowing; its own mutex functions, or calls bound inside it, never reach us. */
static void print_own_functions(struct doctor *doctor, const char *path,
                                const struct elf_facts *facts)
{
    bool locks = elf_facts_exports(facts, "pthread_mutex_lock");
    if (locks && elf_facts_imports(facts, "dlsym")) {
        printf("  %s has its own pthread_mutex_lock: calls bound to it are seen if it passes them "
               "on, as those of sanitizers do\n",
               safe(doctor, path));
    } else if (locks) {
        printf("  %s has its own pthread_mutex_lock: calls bound to it are not seen\n",
               safe(doctor, path));
    }
    if (elf_facts_exports(facts, "malloc") && elf_facts_exports(facts, "free")) {
        printf("  %s brings its own allocator%s\n", safe(doctor, path),
               facts->symbolic ? ", and its own calls of free are not seen" : "");
    }
    if (locks && facts->symbolic) {
        printf("  %s is linked with -Bsymbolic: it calls its own functions directly\n",
               safe(doctor, path));
    }
}

static void print_libraries(struct doctor *doctor, const char *program)
{
    const struct loaded_libraries *libraries = &doctor->libraries;
    printf("loads %zu libraries\n", libraries->paths.count);
    print_own_functions(doctor, program, &doctor->facts);
    for (size_t i = 0; i < libraries->paths.count; i++) {
        struct elf_facts facts;
        const char *path = libraries->paths.items[i];
        if (!is_libc(path) && elf_facts_read(&doctor->arena, path, &facts)) {
            print_own_functions(doctor, path, &facts);
        }
    }
    for (size_t i = 0; i < libraries->missing.count; i++) {
        printf("  %s is not found: the program will not start\n",
               safe(doctor, libraries->missing.items[i]));
    }
    if (elf_facts_imports(&doctor->facts, "dlopen") ||
        elf_facts_imports(&doctor->facts, "dlmopen")) {
        puts("  it may load more while it runs; what it opens with RTLD_DEEPBIND or dlmopen is "
             "not seen");
    }
}

/* Returns 0, or the exit status when it cannot be watched. */
static int check_program(struct doctor *doctor, const char *name)
{
    struct program program;
    const char *error;
    int status = program_find(&doctor->arena, name, &program, &error);
    if (status != 0) {
        message("doctor", "%s", error);
        return STATUS_UNWATCHABLE;
    }
    struct watchable watchable = watchable_check(&doctor->arena, &program, &doctor->facts);
    printf("program: %s\n", safe(doctor, program.path));
    if (program.image != program.path) {
        printf("  a script for %s\n", safe(doctor, program.image));
    }
    if (watchable.problem != NULL) {
        printf("  cannot be watched: %s\n", safe(doctor, watchable.problem));
        return STATUS_UNWATCHABLE;
    }
    puts("  can be watched: mutexes, rwlocks, spinlocks, semaphores, conditions, once controls, "
         "stream locks and joins of the C library; initialisers of static locals in C++; locks of "
         "GLib, Qt 5 and libgomp; its own locks, if it tells of them (unknot.h)");
    if (loaded_libraries_list(&doctor->arena, doctor->facts.interpreter, program.image,
                              &doctor->libraries)) {
        print_libraries(doctor, program.image);
    }
    print_unseen(doctor, program.image);
    return 0;
}

int command_doctor(const struct options *options)
{
    struct doctor doctor = {0};
    arena_init(&doctor.arena, (size_t)1 << 30);
    int status = check_system(&doctor, options) ? 0 : STATUS_UNWATCHABLE;
    if (options->argument_count > 0) {
        int program_status = check_program(&doctor, options->arguments[0]);
        status = status == 0 ? program_status : status;
    }
    arena_destroy(&doctor.arena);
    if (fflush(stdout) != 0) {
        message("doctor", "cannot write what was found");
        return STATUS_UNWATCHABLE;
    }
    return status;
}
