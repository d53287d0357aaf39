/* Whether a result is looked at, told from what compilers make of patterns.c: the functions of the
 * modules that the arguments name are called, and their code is read where probe() returns to. To
 * call a used result ignored is a false alarm: no compiler may lead to that.
 *
 * Status 77 without a module: there is no such compiler. */
#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/misuse/result_use.h"
#include "tests/unit/result_use/patterns.h"

#define STATUS_SKIPPED 77
#define EXPORTED       __attribute__((noinline, visibility("default")))

static uint64_t returned_to;
static jmp_buf back;

EXPORTED int probe(int value)
{
    returned_to = (uint64_t)(uintptr_t)__builtin_return_address(0);
    return value;
}

EXPORTED void other(int value)
{
    (void)value;
}

EXPORTED int other_of(int one, ...)
{
    return one;
}

EXPORTED void leave(int value)
{
    (void)value;
    longjmp(back, 1);
}

/* The executable segment that probe() returned to. */
static int take_segment(struct dl_phdr_info *module, size_t bytes, void *argument)
{
    struct code *code = argument;
    (void)bytes;
    for (int i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &module->dlpi_phdr[i];
        uint64_t start = module->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && returned_to - start < segment->p_memsz) {
            *code = (struct code){(const uint8_t *)(uintptr_t)start, start, segment->p_memsz};
            return 1;
        }
    }
    return 0;
}

static enum result_use use_in(const struct pattern *pattern)
{
    struct code code;
    int (*function)(int) = (int (*)(int))pattern->function;
    returned_to = 0;
    if (setjmp(back) == 0) {
        function(0);
    }
    if (dl_iterate_phdr(take_segment, &code) != 1) {
        return RESULT_UNKNOWN;
    }
    /* It jumped to probe(), which returned here instead. */
    bool is_here = (uint64_t)(uintptr_t)use_in - code.start < code.size;
    return is_here ? RESULT_PASSED : result_use_find(&code, returned_to);
}

static bool begins_with(const char *name, const char *word)
{
    return strncmp(name, word, strlen(word)) == 0;
}

/* What is not known is told nowhere. A result that is stored before it is returned counts as used.
 */
static bool is_right(const char *name, enum result_use use)
{
    if (begins_with(name, "ignored_")) {
        return use == RESULT_IGNORED;
    }
    return use == RESULT_USED ||
           use == (begins_with(name, "passed_") ? RESULT_PASSED : RESULT_UNKNOWN);
}

/* How many are judged wrong; -1 if the module cannot be loaded. */
static int judge_module(const char *path)
{
    static const char *const words[] = {"used", "ignored", "passed on", "unknown"};
    const struct pattern *(*list)(size_t *) = NULL;
    size_t count = 0;
    int wrong = 0;
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module != NULL) {
        *(void **)&list = dlsym(module, "pattern_list");
    }
    if (list == NULL) {
        printf("%s: %s\n", path, dlerror());
        return -1;
    }
    const struct pattern *patterns = list(&count);
    for (size_t i = 0; i < count; i++) {
        enum result_use use = use_in(&patterns[i]);
        if (!is_right(patterns[i].name, use)) {
            printf("%s: %s is called %s\n", path, patterns[i].name, words[use]);
            wrong++;
        }
    }
    printf("%s: %zu functions, %d wrong\n", path, count, wrong);
    return count != 0 ? wrong : -1;
}

int main(int count, char **arguments)
{
    bool failed = false;
    for (int i = 1; i < count; i++) {
        failed |= judge_module(arguments[i]) != 0;
    }
    if (count == 1) {
        puts("skipped: this compiler is not installed");
        return STATUS_SKIPPED;
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
