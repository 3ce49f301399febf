/* Writing protocol buffers: fields one after the other into bytes that grow.
 * A message within a message is written to bytes of its own first. */
#ifndef SES_EXPORT_PROTO_H
#define SES_EXPORT_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed means empty; `failed` is sticky. */
struct ses_bytes {
    uint8_t *data;
    size_t length, capacity;
    bool failed;
};

void ses_bytes_append(struct ses_bytes *bytes, const struct ses_bytes *more);
void ses_bytes_release(struct ses_bytes *bytes);

/* A field that is a number, a float, a text, bytes, or a message. */
void ses_proto_int(struct ses_bytes *bytes, unsigned field, int64_t value);
void ses_proto_float(struct ses_bytes *bytes, unsigned field, float value);
void ses_proto_text(struct ses_bytes *bytes, unsigned field, const char *text);
void ses_proto_message(struct ses_bytes *bytes, unsigned field,
                       const struct ses_bytes *message);

/* What stands before `length` bytes of a field that are written by others. */
void ses_proto_open(struct ses_bytes *bytes, unsigned field, size_t length);

#endif
