/* Temporary folders of files that a test makes for itself. */
#ifndef SES_TESTS_TREE_H
#define SES_TESTS_TREE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

/* A new empty folder; removed with tree_remove(). */
static inline char *tree_new(void)
{
    const char *place = getenv("TMPDIR");
    char *root = ses_format("%s/sescope-test-XXXXXX", place ? place : "/tmp");
    assert_non_null(root);
    assert_non_null(mkdtemp(root));
    return root;
}

static inline int tree_remove_one(const char *path, const struct stat *st,
                                  int type, struct FTW *place)
{
    return remove(path);
}

static inline void tree_remove(char *root)
{
    nftw(root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(root);
}

/* root/path; freed by the caller. */
static inline char *tree_path(const char *root, const char *path)
{
    char *full = ses_format("%s/%s", root, path);
    assert_non_null(full);
    return full;
}

/* Make the folders above root/path. */
static inline void tree_parents(const char *root, const char *path)
{
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        char *above = ses_format("%s/%.*s", root, (int)(at - path), path);
        assert_non_null(above);
        mkdir(above, 0777);
        free(above);
    }
}

/* Make a file with these bytes; a path that ends in '/' is a folder. */
static inline void tree_bytes(const char *root, const char *path,
                              const void *bytes, size_t size)
{
    tree_parents(root, path);
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

static inline void tree_text(const char *root, const char *path,
                             const char *text)
{
    tree_bytes(root, path, text, strlen(text));
}

/* Make several empty files (or folders, with a '/' at the end). */
#define tree_files(root, ...)                                            \
    do {                                                                 \
        const char *const paths_[] = { __VA_ARGS__ };                    \
        for (size_t i_ = 0; i_ < sizeof paths_ / sizeof *paths_; i_++)   \
            tree_text(root, paths_[i_], "");                             \
    } while (0)

#define assert_contains(text, part)                                      \
    do {                                                                 \
        if (!(text) || !strstr(text, part))                              \
            fail_msg("'%s' is not in '%s'", part, (text) ? (text) : ""); \
    } while (0)

#endif
