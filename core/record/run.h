/* Inside an open record: what reader.c, load.c and resume.c share. */
#ifndef SES_RECORD_RUN_H
#define SES_RECORD_RUN_H

#include <hdf5.h>

#include "core/record/reader.h"

struct ses_keeper;
struct ses_stream;

/* A file is open in a process of its own, or here: to write into it, and in
 * that process. */
struct ses_run_handle {
    struct ses_keeper *keeper; /* NULL here */
    hid_t file;
    char **groups; /* here, of each block: its path below /blocks */
};

/* Read everything but rows from an open file (taken over, also on failure).
 * Caller frees with ses_run_free(). */
SES_MUST_CHECK enum ses_status ses_run_load(const char *path, hid_t file,
                                            struct ses_run_file **out,
                                            struct ses_error *err);

/* The same of what a record and an ablation share: attributes, classes and
 * images. */
SES_MUST_CHECK enum ses_status ses_run_load_head(const char *path, hid_t file,
                                                 struct ses_run_file **out,
                                                 struct ses_error *err);

/* ses_run_open() in this process. */
SES_MUST_CHECK enum ses_status ses_run_open_here(const char *path,
                                                 struct ses_run_file **out,
                                                 struct ses_error *err);

/* Find the blocks of a file, in depth order, into run. */
SES_MUST_CHECK enum ses_status ses_run_find_blocks(struct ses_run_file *run,
                                                   struct ses_error *err);

/* Classes and statuses must be those that there are; counts the latter. */
SES_MUST_CHECK enum ses_status ses_run_check_images(struct ses_run_file *run,
                                                    struct ses_error *err);

/* All but rows, the path and those counts, from the process that has the file
 * open; what does not come fails the stream. */
void ses_run_send(const struct ses_run_file *run, struct ses_stream *out);
void ses_run_receive(struct ses_run_file *run, struct ses_stream *in);

#endif
