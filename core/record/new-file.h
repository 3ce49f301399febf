/* A file of results that appears under its name only when it is whole, and is
 * locked from then on: what making a record and an ablation share. */
#ifndef SES_RECORD_NEW_FILE_H
#define SES_RECORD_NEW_FILE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

struct ses_new_file {
    char *target;    /* the name, through a symbolic link */
    char *temporary; /* beside it; made, and removed by _release() */
    char created[32]; /* now: ISO 8601, in UTC */
    bool overwrite;
    bool reserved;
};

/* Check the name (SES_EUSAGE when it is taken and not to be overwritten) and
 * the room for `needed` bytes, and make an empty temporary file. Released with
 * ses_new_file_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_new_file_init(struct ses_new_file *file,
                                                 const char *path,
                                                 bool overwrite,
                                                 uintmax_t needed,
                                                 struct ses_error *err);
void ses_new_file_release(struct ses_new_file *file);

/* Open the temporary file, which is HDF5 by now, push it to the disk, and lock
 * it. */
SES_MUST_CHECK enum ses_status ses_new_file_open(
    const struct ses_new_file *file, hid_t *out, struct ses_error *err);

/* Give it its name. */
SES_MUST_CHECK enum ses_status ses_new_file_publish(struct ses_new_file *file,
                                                    struct ses_error *err);

/* SES_EIO naming both sizes when a file system has not the bytes needed; freed
 * are those that will become free before they are. */
SES_MUST_CHECK enum ses_status ses_check_space(const char *path,
                                               uintmax_t needed,
                                               uintmax_t freed,
                                               struct ses_error *err);

/* Make a rename in path's folder last through a power cut, where that can be
 * asked for. */
void ses_sync_folder(const char *path);

#endif
