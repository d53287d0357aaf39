/* What is mapped at an address: the same place for the same byte, however it is reached. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim/platform/mapping.h"

enum { PAGE_BYTES = 4096, PAGES = 4, MANY = 200 };

static int new_file(void)
{
    char name[] = "/tmp/unknot-test-XXXXXX";
    int file = mkstemp(name);

    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, (off_t)PAGES * PAGE_BYTES), 0);
    unlink(name);
    return file;
}

static char *map(int file, int flags, size_t pages, off_t offset)
{
    char *memory = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, flags, file, offset);

    assert_true(memory != MAP_FAILED);
    return memory;
}

static struct mapping_place place_of(const char *address)
{
    struct mapping_place place = {0};

    assert_int_equal(mapping_find((uintptr_t)address, &place), MAPPING_SHARED);
    return place;
}

static void assert_same_place(struct mapping_place a, struct mapping_place b)
{
    assert_int_equal(a.device, b.device);
    assert_int_equal(a.inode, b.inode);
    assert_int_equal(a.offset, b.offset);
}

static void unmap(char *memory, size_t pages)
{
    mapping_forget((uintptr_t)memory, (uintptr_t)memory + pages * PAGE_BYTES);
    munmap(memory, pages * PAGE_BYTES);
}

static void a_place_in_a_file_is_its_inode_and_offset(void **state)
{
    int file = new_file();
    char *memory = map(file, MAP_SHARED, 2, 2 * PAGE_BYTES);
    struct mapping_place place = place_of(memory + PAGE_BYTES + 40);
    struct stat status;
    (void)state;

    assert_int_equal(fstat(file, &status), 0);
    assert_int_equal(place.inode, status.st_ino);
    assert_int_equal(place.offset, 3 * PAGE_BYTES + 40);
    unmap(memory, 2);
    close(file);
}

static void two_addresses_of_one_byte_are_one_place(void **state)
{
    int file = new_file();
    char *whole = map(file, MAP_SHARED, PAGES, 0), *part = map(file, MAP_SHARED, 1, 2 * PAGE_BYTES);
    (void)state;

    assert_same_place(place_of(whole + 2 * PAGE_BYTES + 8), place_of(part + 8));
    unmap(whole, PAGES);
    unmap(part, 1);
    close(file);
}

static void memory_without_a_name_has_a_place_that_a_child_sees_too(void **state)
{
    char *memory = map(-1, MAP_SHARED | MAP_ANONYMOUS, 1, 0);
    char *other = map(-1, MAP_SHARED | MAP_ANONYMOUS, 1, 0);
    struct mapping_place place = place_of(memory + 16), others = place_of(other + 16);
    int status;
    (void)state;

    assert_true(place.inode != others.inode);
    pid_t child = fork();
    if (child == 0) {
        struct mapping_place found;
        mapping_after_fork();
        _exit(mapping_find((uintptr_t)memory + 16, &found) != MAPPING_SHARED ||
              found.inode != place.inode || found.offset != place.offset);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    unmap(memory, 1);
    unmap(other, 1);
}

static void private_memory_has_no_place(void **state)
{
    static char still;
    struct mapping_place place;
    int file = new_file();
    char *memory = map(file, MAP_PRIVATE, 1, 0), local = 0;
    void *heap = malloc(100);
    (void)state;

    assert_int_equal(mapping_find((uintptr_t)memory, &place), MAPPING_PRIVATE);
    assert_int_equal(mapping_find((uintptr_t)&local, &place), MAPPING_PRIVATE);
    assert_int_equal(mapping_find((uintptr_t)&still, &place), MAPPING_PRIVATE);
    assert_int_equal(mapping_find((uintptr_t)heap, &place), MAPPING_PRIVATE);
    free(heap);
    unmap(memory, 1);
    close(file);
}

static void what_is_not_mapped_is_unknown(void **state)
{
    struct mapping_place place;
    (void)state;
    assert_int_equal(mapping_find(16, &place), MAPPING_UNKNOWN);
    assert_int_equal(mapping_find(UINTPTR_MAX - 16, &place), MAPPING_UNKNOWN);
}

static void a_forgotten_mapping_is_looked_up_again(void **state)
{
    int first = new_file(), second = new_file();
    char *memory = map(first, MAP_SHARED, 1, 0);
    struct mapping_place before = place_of(memory);
    (void)state;

    mapping_forget((uintptr_t)memory, (uintptr_t)memory + PAGE_BYTES);
    assert_true(mmap(memory, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, second,
                     0) == memory);
    assert_true(place_of(memory).inode != before.inode);
    unmap(memory, 1);
    close(first);
    close(second);
}

/* More mappings than are remembered, and a list longer than is read at once. */
static void many_mappings_are_all_found(void **state)
{
    int file = new_file();
    char *memory[MANY];
    (void)state;

    for (size_t i = 0; i < MANY; i++)
        memory[i] = map(file, MAP_SHARED, 1, (off_t)(i % PAGES) * PAGE_BYTES);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < MANY; i++)
            assert_int_equal(place_of(memory[i] + 4).offset, (i % PAGES) * PAGE_BYTES + 4);
    }
    for (size_t i = 0; i < MANY; i++)
        unmap(memory[i], 1);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_in_a_file_is_its_inode_and_offset),
        cmocka_unit_test(two_addresses_of_one_byte_are_one_place),
        cmocka_unit_test(memory_without_a_name_has_a_place_that_a_child_sees_too),
        cmocka_unit_test(private_memory_has_no_place),
        cmocka_unit_test(what_is_not_mapped_is_unknown),
        cmocka_unit_test(a_forgotten_mapping_is_looked_up_again),
        cmocka_unit_test(many_mappings_are_all_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
