/* See files.h. */
#include "tests/support/files.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"

const char *data_path(const char *name)
{
    static char path[4096];
    const char *folder = getenv("SES_TEST_DATA");
    assert_non_null(folder);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *shared_path(const char *name)
{
    static char path[4096];
    const char *folder = getenv("SES_SHARED");
    if (!folder || !*folder)
        return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open '%s'", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(length + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, length, file), length);
    fclose(file);
    data[length] = '\0';
    if (size)
        *size = length;
    return data;
}
