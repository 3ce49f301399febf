/* What creating, writing, resuming and reading a record share of HDF5.
 *
 * Debian's serial HDF5 is not thread-safe: of all threads of a process only
 * one may be inside any function of core/record that takes a file, a writer or
 * a dataset. */
#ifndef SES_RECORD_H5_H
#define SES_RECORD_H5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

/* "<format>: <what HDF5 says is at the bottom of it>", SES_EIO. Must follow
 * the failed call at once, as the next one clears HDF5's own words. */
enum ses_status ses_h5_fail(struct ses_error *err, const char *format, ...)
    SES_PRINTF(2, 3);

/* Close an id of any kind; an invalid one is nothing. */
void ses_h5_close(hid_t id);

/* HDF5 prints its errors unless each thread that calls it says no; opening
 * files and datasets here does. */
void ses_h5_silence(void);

/* File access without HDF5's sieve, so that a row is in the file, or has
 * failed, when H5Dwrite returns, and without HDF5's locks, which stop on file
 * systems that have none. */
hid_t ses_h5_access(void);

/* Lock an open file for this process until it is closed. SES_EUSAGE when
 * somebody else holds it; file systems without locks are let pass. */
SES_MUST_CHECK enum ses_status ses_h5_lock(hid_t file, const char *path,
                                           struct ses_error *err);

/* Push all that was written to the disk itself. */
SES_MUST_CHECK enum ses_status ses_h5_sync(hid_t file, const char *path,
                                           struct ses_error *err);

/* A kind of file that sescope writes. */
struct ses_h5_kind {
    const char *mark; /* attribute "kind" of its root; "" when it has none */
    const char *name; /* "a record (RUN.h5)" */
    int schema;       /* the highest that is known */
};
extern const struct ses_h5_kind ses_h5_record, ses_h5_ablation;

/* Open an existing file that must be of this kind, telling what other files
 * are. */
SES_MUST_CHECK enum ses_status ses_h5_open_results(
    const char *path, const struct ses_h5_kind *kind, bool writing,
    hid_t *out, struct ses_error *err);

/* ---- attributes --------------------------------------------------------- */

/* Text of variable length, made UTF-8 by escapes, and little-endian
 * integers. */
SES_MUST_CHECK enum ses_status ses_h5_put_text(hid_t object, const char *name,
                                               const char *value,
                                               struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_h5_put_int(hid_t object, const char *name,
                                              hid_t type, int64_t value,
                                              struct ses_error *err);

SES_MUST_CHECK enum ses_status ses_h5_put_double(hid_t object,
                                                 const char *name,
                                                 double value,
                                                 struct ses_error *err);

/* Text of fixed or variable length, as scalar or array of one; fallback when
 * there is no such attribute. Caller frees *out with free(). */
SES_MUST_CHECK enum ses_status ses_h5_get_text(hid_t object, const char *name,
                                               const char *fallback,
                                               char **out,
                                               struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_h5_get_int(hid_t object, const char *name,
                                              int64_t fallback, int64_t *out,
                                              struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_h5_get_double(hid_t object,
                                                 const char *name,
                                                 double fallback, double *out,
                                                 struct ses_error *err);

/* ---- datasets ----------------------------------------------------------- */

#define SES_H5_ANY ((hsize_t)-1)

/* Whether a file has something of this name. */
bool ses_h5_exists(hid_t file, const char *path);

/* Open a dataset that must be of a type class and of a shape; sizes of
 * SES_H5_ANY match any and are filled in. Data kept in other files are
 * refused, and so are shapes that the file is too small to hold. */
SES_MUST_CHECK enum ses_status ses_h5_open_dataset(
    hid_t file, const char *path, H5T_class_t class, int rank, hsize_t *sizes,
    hid_t *out, struct ses_error *err);

/* Rows [first, first + n) along the first axis; memory is what data has. */
SES_MUST_CHECK enum ses_status ses_h5_read_rows(hid_t dataset, hid_t memory,
                                                size_t first, size_t n,
                                                void *data,
                                                struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_h5_write_rows(hid_t dataset, hid_t memory,
                                                 size_t first, size_t n,
                                                 const void *data,
                                                 struct ses_error *err);

/* Columns [first, first + n) of a dataset of rank 2, all rows of it; data is
 * [rows][stride], of which the first n of each row are written. */
SES_MUST_CHECK enum ses_status ses_h5_write_columns(
    hid_t dataset, hid_t memory, size_t first, size_t n, size_t stride,
    const void *data, struct ses_error *err);

/* Whether rows are bytes in one place of the file, in a type of this machine,
 * so that to read and to write them is to copy them: another tool may have
 * packed the file anew. */
bool ses_h5_is_plain(hid_t dataset);

/* Strings [first, first + n) of a dataset of rank 1, of fixed or variable
 * length. Caller frees each out[i] with free(); all are NULL on failure. */
SES_MUST_CHECK enum ses_status ses_h5_read_strings(hid_t dataset, size_t first,
                                                   size_t n, char **out,
                                                   struct ses_error *err);

/* Everything of a dataset of rank 1 with n elements. Caller frees each text
 * and *out with free(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_h5_load_texts(hid_t file, const char *path,
                                                 size_t n, char ***out,
                                                 struct ses_error *err);

/* The same of integers; *n is their number, or SES_H5_ANY and filled in. type
 * is what they are in memory, size its bytes. */
SES_MUST_CHECK enum ses_status ses_h5_load_numbers(hid_t file,
                                                   const char *path,
                                                   hid_t type, size_t size,
                                                   hsize_t *n, void **out,
                                                   struct ses_error *err);

#endif
