/* Files that tests read. */
#ifndef SES_TESTS_FILES_H
#define SES_TESTS_FILES_H

#include <stddef.h>

/* A file of tests/data; overwritten by the next call. */
const char *data_path(const char *name);

/* A file of the folder that SES_SHARED names, or NULL when none is named;
 * overwritten by the next call. */
const char *shared_path(const char *name);

/* A file's bytes and a NUL; size may be NULL. Caller frees with free(). */
char *read_file(const char *path, size_t *size);

#endif
