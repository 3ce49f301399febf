/* A zip archive in mapped memory, whose uncompressed members are read where
 * they stand. */
#ifndef SES_IMPORT_ZIP_H
#define SES_IMPORT_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/file.h"

struct ses_zip;

/* A member's bytes. */
struct ses_zip_member {
    const uint8_t *data; /* borrowed from the file, or owned */
    size_t size;
    uint8_t *owned; /* caller frees with free(); NULL when data is borrowed */
};

/* The file is borrowed and must outlive the archive. Caller frees with
 * ses_zip_close(). */
SES_MUST_CHECK enum ses_status ses_zip_open(const struct ses_file *file,
                                            struct ses_zip **out,
                                            struct ses_error *err);
void ses_zip_close(struct ses_zip *zip);

/* Names of members by index below the count; borrowed, or NULL when the
 * archive is damaged there. */
size_t ses_zip_count(const struct ses_zip *zip);
const char *ses_zip_name(const struct ses_zip *zip, size_t index);
bool ses_zip_find(const struct ses_zip *zip, const char *name, size_t *index);

/* The whole member, its CRC checked. Members beyond limit bytes are refused
 * before memory is asked for. Errors name the member. */
SES_MUST_CHECK enum ses_status ses_zip_read(struct ses_zip *zip, size_t index,
                                            size_t limit,
                                            struct ses_zip_member *out,
                                            struct ses_error *err);

#endif
