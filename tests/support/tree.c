/* See tree.h. */
#include "tests/support/tree.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "tests/support/check.h"

char *tree_new(void)
{
    const char *place = getenv("TMPDIR");
    char *root = ses_format("%s/sescope-test-XXXXXX", place ? place : "/tmp");
    assert_non_null(root);
    assert_non_null(mkdtemp(root));
    return root;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *place)
{
    return remove(path);
}

void tree_remove(char *root)
{
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(root);
}

char *tree_path(const char *root, const char *path)
{
    char *full = ses_format("%s/%s", root, path);
    assert_non_null(full);
    return full;
}

/* Make the folders above root/path. */
static void make_parents(const char *root, const char *path)
{
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        char *above = ses_format("%s/%.*s", root, (int)(at - path), path);
        assert_non_null(above);
        mkdir(above, 0777);
        free(above);
    }
}

void tree_bytes(const char *root, const char *path, const void *bytes,
                size_t size)
{
    make_parents(root, path);
    if (path[strlen(path) - 1] == '/')
        return;
    char *full = tree_path(root, path);
    FILE *file = fopen(full, "wb");
    assert_non_null(file);
    if (size)
        assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(full);
}

void tree_text(const char *root, const char *path, const char *text)
{
    tree_bytes(root, path, text, strlen(text));
}
