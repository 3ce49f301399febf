/* core/base/file: what a mapped file takes of memory. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "tests/support/check.h"

enum { SIZE = 16 << 20, PAGE = 4096 };

static char path[] = "test-file-XXXXXX";

/* A page at a time: the system may keep in one piece what it was given in one,
 * and forgets such pieces whole. */
static int make_file(void **state)
{
    uint8_t page[PAGE];
    int fd = mkstemp(path);
    bool written = fd >= 0;
    for (size_t i = 0; i < SIZE / PAGE && written; i++) {
        memset(page, (int)(i % 256), PAGE);
        written = write(fd, page, PAGE) == PAGE;
    }
    return written && close(fd) == 0 ? 0 : -1;
}

static int remove_file(void **state)
{
    return unlink(path);
}

/* KiB of the map that are in memory by this process's doing, as Linux tells;
 * -1 where it does not. */
static long in_memory(const struct ses_file *file)
{
    char line[512];
    uintptr_t begin;
    long kilobytes = -1;
    bool found = false;
    FILE *maps = fopen("/proc/self/smaps", "r");
    while (maps && kilobytes < 0 && fgets(line, sizeof line, maps))
        if (sscanf(line, "%" SCNxPTR "-%*x %*s", &begin) == 1)
            found = begin == (uintptr_t)file->data;
        else if (found)
            sscanf(line, "Rss: %ld", &kilobytes);
    if (maps)
        fclose(maps);
    return kilobytes;
}

/* One byte is read, and many pages come: all go again. */
static void what_is_forgotten_takes_its_neighbours_along(void **state)
{
    struct ses_file file;
    struct ses_error err = { 0 };
    static const size_t places[] = { 0, PAGE, 5 << 20, (7 << 20) - 1,
                                     SIZE - 1 };
    OK(ses_file_map(path, &file, &err));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const volatile uint8_t *byte = file.data + places[i];
        assert_int_equal(*byte, places[i] / PAGE % 256);
        if (in_memory(&file) < 0)
            skip();
        assert_true(in_memory(&file) > 0);
        ses_file_forget(&file, file.data + places[i], 1);
        assert_int_equal(in_memory(&file), 0);
        assert_int_equal(*byte, places[i] / PAGE % 256);
        ses_file_forget(&file, file.data + places[i], 1);
    }
    ses_file_release(&file);
}

/* Bytes that are none of the map's, or not all of them, stay. */
static void what_lies_outside_is_left_alone(void **state)
{
    struct ses_file file;
    struct ses_error err = { 0 };
    uint8_t other = 7;
    OK(ses_file_map(path, &file, &err));
    const volatile uint8_t *byte = file.data + PAGE;
    assert_int_equal(*byte, 1);
    long before = in_memory(&file);
    ses_file_forget(&file, &other, 1);
    ses_file_forget(&file, file.data + 1, SIZE);
    assert_int_equal(in_memory(&file), before);
    assert_int_equal(other, 7);
    ses_file_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_forgotten_takes_its_neighbours_along),
        cmocka_unit_test(what_lies_outside_is_left_alone),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
