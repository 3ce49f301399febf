/* See wire.h. */
#include "core/import/keras/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/base/alloc.h"
#include "core/base/child.h"

void ses_keras_flush(struct ses_keras_wire *wire)
{
    if (!wire->failed &&
        !ses_send_bytes(wire->socket, wire->buffer, wire->used))
        wire->failed = true;
    wire->used = 0;
}

static void put(struct ses_keras_wire *wire, const void *data, size_t size)
{
    if (size > sizeof wire->buffer - wire->used)
        ses_keras_flush(wire);
    if (size > sizeof wire->buffer) {
        wire->failed =
            wire->failed || !ses_send_bytes(wire->socket, data, size);
        return;
    }
    memcpy(wire->buffer + wire->used, data, size);
    wire->used += size;
}

void ses_keras_send_number(struct ses_keras_wire *wire, uint64_t number)
{
    put(wire, &number, sizeof number);
}

void ses_keras_send_text(struct ses_keras_wire *wire, const char *text,
                         size_t length)
{
    ses_keras_send_number(wire, length);
    put(wire, text, length);
}

/* Exactly size bytes; zeros when they do not come. */
static void get(struct ses_keras_wire *wire, void *data, size_t size)
{
    uint8_t *to = data;
    if (size > wire->left)
        wire->failed = true;
    while (size && !wire->failed) {
        if (wire->at == wire->used) {
            ssize_t n;
            do
                n = recv(wire->socket, wire->buffer, sizeof wire->buffer, 0);
            while (n < 0 && errno == EINTR);
            wire->failed = n <= 0;
            wire->at = 0;
            wire->used = n > 0 ? (size_t)n : 0;
            continue;
        }
        size_t there = wire->used - wire->at;
        size_t n = size < there ? size : there;
        memcpy(to, wire->buffer + wire->at, n);
        wire->at += n;
        wire->left -= n;
        to += n;
        size -= n;
    }
    if (wire->failed)
        memset(to, 0, size);
}

uint64_t ses_keras_receive_number(struct ses_keras_wire *wire)
{
    uint64_t number;
    get(wire, &number, sizeof number);
    return number;
}

char *ses_keras_receive_text(struct ses_keras_wire *wire)
{
    uint64_t length = ses_keras_receive_number(wire);
    if (wire->failed || length > wire->left) {
        wire->failed = true;
        return NULL;
    }
    char *text = ses_calloc((size_t)length + 1, 1);
    if (!text) {
        wire->failed = true;
        return NULL;
    }
    get(wire, text, (size_t)length);
    return text;
}
