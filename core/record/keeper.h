/* An HDF5 file of a stranger's, read by a process of its own.
 *
 * libhdf5 (1.10.8 was tried) crashes, hangs or reads beyond its memory on
 * about one in two hundred files with a byte changed. So it never opens such a
 * file in this process: a child does, says what the file holds, and answers
 * for rows until nobody asks any more. What ends it is an error, and what it
 * says is believed only as far as the file could hold it. */
#ifndef SES_RECORD_KEEPER_H
#define SES_RECORD_KEEPER_H

#include "core/base/child.h"
#include "core/base/error.h"
#include "core/base/stream.h"

struct ses_keeper {
    char *path;
    struct ses_child child;
    struct ses_stream in, out; /* from the other side, and to it */
};

/* What the child does: it begins with ses_keeper_answer(). In the child, path
 * is the file's. */
typedef void ses_keeper_work(struct ses_keeper *keeper);

/* Start the child. Caller ends it with ses_keeper_free(), which does nothing
 * without one. */
SES_MUST_CHECK enum ses_status ses_keeper_start(const char *path,
                                                ses_keeper_work *work,
                                                struct ses_keeper **out,
                                                struct ses_error *err);
void ses_keeper_free(struct ses_keeper *keeper);

/* In the child: how it went; when well, what was asked for follows, and
 * ses_stream_flush(). */
void ses_keeper_answer(struct ses_keeper *keeper, enum ses_status status,
                       const struct ses_error *err);

/* In the parent: the answer. What is received after it is checked with
 * ses_keeper_check() at its end: SES_EFORMAT when something is missing. */
SES_MUST_CHECK enum ses_status ses_keeper_hear(struct ses_keeper *keeper,
                                               struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_keeper_check(struct ses_keeper *keeper,
                                                struct ses_error *err);

/* Texts, which may not be NULL; and as many as there must be, or NULL. Caller
 * frees each and the list. */
void ses_keeper_send_texts(struct ses_stream *stream, char *const *texts,
                           size_t n);
char **ses_keeper_receive_texts(struct ses_stream *stream, size_t n);

/* An array with its count; and one that must have n elements, or NULL. Caller
 * frees with free(). */
void ses_keeper_send_array(struct ses_stream *stream, const void *array,
                           size_t size, size_t n);
void *ses_keeper_receive_array(struct ses_stream *stream, size_t size,
                               size_t n);

#endif
