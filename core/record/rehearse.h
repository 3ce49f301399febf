/* Writing into a stranger's HDF5 without harm.
 *
 * libhdf5 (1.10.8 was tried) crashes or hangs on about one in two hundred
 * files with a byte changed. Those that are read are left to a process of
 * their own (keeper.h). Going on with a record writes into it, which this
 * process has to do; so everything that it will ask of the file is first asked
 * in a child with limits on time and memory, from the state that this process
 * is in. What ends the child is an error; what it survives, this process does
 * as well. Where libhdf5 reads beyond its memory it matters what lies there, and
 * so the child has less of it.
 *
 * Rows that lie in the file in one piece, in a type of this machine, are copied
 * and need no rehearsal: a large record costs no more than a small one. Those
 * that another tool has packed are unpacked twice. */
#ifndef SES_RECORD_REHEARSE_H
#define SES_RECORD_REHEARSE_H

#include <hdf5.h>

#include "core/base/child.h"
#include "core/base/error.h"

/* What a child may use that reads a file, beside the seconds that go by its
 * rows. */
struct ses_child_limits ses_h5_limits(const char *path);

/* In a child: what reading so many more bytes may take. */
void ses_h5_limit_time(size_t bytes);

/* Do to a file what will be done to it, and release it all. */
typedef enum ses_status ses_h5_part(const char *path, struct ses_error *err);

/* SES_OK when the part has come to its end in a child, else its error; or
 * SES_EFORMAT when it has none to tell. */
SES_MUST_CHECK enum ses_status ses_h5_rehearse(const char *path,
                                               ses_h5_part *part,
                                               struct ses_error *err);

/* In a part: read a dataset whose rows are read later, if there is one and it
 * is not plain. memory is what numbers are read as; H5I_INVALID_HID of text.
 * An error is no error yet: nobody may want these rows. */
void ses_h5_rehearse_rows(hid_t file, const char *path, hid_t memory);

/* All that the functions of reader.h read, and that resuming does. */
SES_MUST_CHECK enum ses_status ses_run_rehearse(const char *path,
                                                struct ses_error *err);

#endif
