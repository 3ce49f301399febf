/* See proto.h. */
#include "core/export/proto.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

/* How a field's content is laid out. */
enum { VARINT = 0, LENGTH = 2, FOUR_BYTES = 5 };

void ses_bytes_release(struct ses_bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

static void append(struct ses_bytes *bytes, const void *data, size_t length)
{
    size_t needed;
    if (bytes->failed || length == 0)
        return;
    if (__builtin_add_overflow(bytes->length, length, &needed)) {
        bytes->failed = true;
        return;
    }
    if (needed > bytes->capacity) {
        size_t capacity = needed > SIZE_MAX / 2 ? needed : 2 * needed;
        uint8_t *larger = ses_realloc(bytes->data, capacity, 1);
        if (!larger) {
            bytes->failed = true;
            return;
        }
        bytes->data = larger;
        bytes->capacity = capacity;
    }
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length = needed;
}

void ses_bytes_append(struct ses_bytes *bytes, const struct ses_bytes *more)
{
    bytes->failed |= more->failed;
    append(bytes, more->data, more->length);
}

static void varint(struct ses_bytes *bytes, uint64_t value)
{
    uint8_t out[10];
    size_t n = 0;
    for (; value > 127; value >>= 7)
        out[n++] = (uint8_t)(value | 128);
    out[n++] = (uint8_t)value;
    append(bytes, out, n);
}

void ses_proto_int(struct ses_bytes *bytes, unsigned field, int64_t value)
{
    varint(bytes, field << 3 | VARINT);
    varint(bytes, (uint64_t)value);
}

void ses_proto_float(struct ses_bytes *bytes, unsigned field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    varint(bytes, field << 3 | FOUR_BYTES);
    uint8_t out[4] = { (uint8_t)bits, (uint8_t)(bits >> 8),
                       (uint8_t)(bits >> 16), (uint8_t)(bits >> 24) };
    append(bytes, out, sizeof out);
}

void ses_proto_open(struct ses_bytes *bytes, unsigned field, size_t length)
{
    varint(bytes, field << 3 | LENGTH);
    varint(bytes, length);
}

void ses_proto_text(struct ses_bytes *bytes, unsigned field, const char *text)
{
    size_t length = strlen(text);
    ses_proto_open(bytes, field, length);
    append(bytes, text, length);
}

void ses_proto_message(struct ses_bytes *bytes, unsigned field,
                       const struct ses_bytes *message)
{
    ses_proto_open(bytes, field, message->length);
    ses_bytes_append(bytes, message);
}
