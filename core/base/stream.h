/* Numbers, texts and arrays through a socket, to a process that may not be
 * believed, or from one. */
#ifndef SES_BASE_STREAM_H
#define SES_BASE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One direction; what is sent or received is gathered in a buffer. */
struct ses_stream {
    int socket;
    bool failed; /* the other end is gone, or nothing that was expected */
    uint8_t buffer[1 << 16];
    size_t used, at; /* sending: used; receiving: [at, used) */
    size_t left;     /* receiving: bytes that may still come */
};

void ses_stream_send(struct ses_stream *stream, const void *data, size_t size);
void ses_stream_send_number(struct ses_stream *stream, uint64_t number);
void ses_stream_send_text(struct ses_stream *stream, const char *text,
                          size_t length);
void ses_stream_flush(struct ses_stream *stream);

/* Exactly size bytes; zeros when they do not come. */
void ses_stream_receive(struct ses_stream *stream, void *data, size_t size);
uint64_t ses_stream_receive_number(struct ses_stream *stream);

/* A text of at most `left` bytes, or NULL. Caller frees with free(). */
char *ses_stream_receive_text(struct ses_stream *stream);

/* An array of as many elements of a size as the other end says, at most `left`
 * bytes, or NULL. Caller frees with free(). */
void *ses_stream_receive_array(struct ses_stream *stream, size_t size,
                               size_t *count);

#endif
