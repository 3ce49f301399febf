/* Temporary folders of files that a test makes for itself. */
#ifndef SES_TESTS_TREE_H
#define SES_TESTS_TREE_H

#include <stddef.h>

/* A new empty folder; removed, and the name freed, with tree_remove(). */
char *tree_new(void);
void tree_remove(char *root);

/* root/path; freed by the caller. */
char *tree_path(const char *root, const char *path);

/* Make a file with these bytes, and the folders above it; a path that ends in
 * '/' is a folder. */
void tree_bytes(const char *root, const char *path, const void *bytes,
                size_t size);
void tree_text(const char *root, const char *path, const char *text);

/* Make several empty files (or folders, with a '/' at the end). */
#define tree_files(root, ...) \
    do { \
        const char *const paths_[] = { __VA_ARGS__ }; \
        for (size_t i_ = 0; i_ < sizeof paths_ / sizeof *paths_; i_++) \
            tree_text(root, paths_[i_], ""); \
    } while (0)

#endif
