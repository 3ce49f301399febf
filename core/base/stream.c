/* See stream.h. */
#include "core/base/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/base/alloc.h"
#include "core/base/child.h"

void ses_stream_flush(struct ses_stream *stream)
{
    if (!stream->failed &&
        !ses_send_bytes(stream->socket, stream->buffer, stream->used))
        stream->failed = true;
    stream->used = 0;
}

void ses_stream_send(struct ses_stream *stream, const void *data, size_t size)
{
    if (size > sizeof stream->buffer - stream->used)
        ses_stream_flush(stream);
    if (size > sizeof stream->buffer) {
        stream->failed =
            stream->failed || !ses_send_bytes(stream->socket, data, size);
        return;
    }
    memcpy(stream->buffer + stream->used, data, size);
    stream->used += size;
}

void ses_stream_send_number(struct ses_stream *stream, uint64_t number)
{
    ses_stream_send(stream, &number, sizeof number);
}

void ses_stream_send_text(struct ses_stream *stream, const char *text,
                         size_t length)
{
    ses_stream_send_number(stream, length);
    ses_stream_send(stream, text, length);
}

void ses_stream_receive(struct ses_stream *stream, void *data, size_t size)
{
    uint8_t *to = data;
    if (size > stream->left)
        stream->failed = true;
    while (size && !stream->failed) {
        if (stream->at == stream->used) {
            ssize_t n;
            do
                n = recv(stream->socket, stream->buffer,
                         sizeof stream->buffer, 0);
            while (n < 0 && errno == EINTR);
            stream->failed = n <= 0;
            stream->at = 0;
            stream->used = n > 0 ? (size_t)n : 0;
            continue;
        }
        size_t there = stream->used - stream->at;
        size_t n = size < there ? size : there;
        memcpy(to, stream->buffer + stream->at, n);
        stream->at += n;
        stream->left -= n;
        to += n;
        size -= n;
    }
    if (stream->failed)
        memset(to, 0, size);
}

uint64_t ses_stream_receive_number(struct ses_stream *stream)
{
    uint64_t number;
    ses_stream_receive(stream, &number, sizeof number);
    return number;
}

char *ses_stream_receive_text(struct ses_stream *stream)
{
    uint64_t length = ses_stream_receive_number(stream);
    if (stream->failed || length > stream->left) {
        stream->failed = true;
        return NULL;
    }
    char *text = ses_calloc((size_t)length + 1, 1);
    if (!text) {
        stream->failed = true;
        return NULL;
    }
    ses_stream_receive(stream, text, (size_t)length);
    return text;
}

void *ses_stream_receive_array(struct ses_stream *stream, size_t size,
                               size_t *count)
{
    uint64_t n = ses_stream_receive_number(stream);
    void *array = NULL;
    *count = 0;
    if (!stream->failed && n <= stream->left / size)
        array = ses_calloc((size_t)n, size);
    if (!array) {
        stream->failed = true;
        return NULL;
    }
    ses_stream_receive(stream, array, (size_t)n * size);
    *count = (size_t)n;
    return array;
}
