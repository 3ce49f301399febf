/* Whole files: read as bytes, written so that half a file is never seen. */
#ifndef SES_BASE_FILE_H
#define SES_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

/* A file's bytes, mapped read-only. */
struct ses_file {
    const uint8_t *data; /* borrowed from the map; NULL when empty */
    size_t size;
};

/* Map a regular file. Errors name the path. */
SES_MUST_CHECK enum ses_status ses_file_map(const char *path,
                                            struct ses_file *out,
                                            struct ses_error *err);
void ses_file_release(struct ses_file *file);

/* Let go of the memory that a part of the map takes, and what came with it;
 * its bytes are read again when somebody asks. Anything that lies outside the
 * map is left alone. */
void ses_file_forget(const struct ses_file *file, const void *data,
                     size_t size);

/* SHA-256 of files' bytes, one after the other, as 64 hexadecimal digits and a
 * NUL. */
SES_MUST_CHECK enum ses_status ses_sha256(const struct ses_file *const *files,
                                          size_t count, char out[65],
                                          struct ses_error *err);

/* A name beside path to write to first: "<path>.<pid>.tmp". Caller frees with
 * free(); NULL when there is no memory. */
char *ses_temporary_name(const char *path);

/* Move a finished temporary file onto path, or remove it on failure. */
SES_MUST_CHECK enum ses_status ses_file_publish(const char *temporary,
                                                const char *path,
                                                struct ses_error *err);

/* Write a file, whole or not at all. Errors name the path. */
SES_MUST_CHECK enum ses_status ses_file_write(const char *path,
                                              const void *data, size_t size,
                                              struct ses_error *err);

#endif
