/* Protocol buffers' binary format, a field at a time, straight from memory:
 * so that a large file's weights are found without being copied. */
#ifndef SES_IMPORT_CAFFE_WIRE_H
#define SES_IMPORT_CAFFE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ses_caffe_wire {
    const uint8_t *data;
    size_t size;
};

enum ses_caffe_wire_type {
    SES_CAFFE_WIRE_VARINT = 0,
    SES_CAFFE_WIRE_FIXED64 = 1,
    SES_CAFFE_WIRE_BYTES = 2, /* a string, a message, or packed numbers */
    SES_CAFFE_WIRE_FIXED32 = 5
};

struct ses_caffe_wire_field {
    uint32_t number;
    enum ses_caffe_wire_type type;
    struct ses_caffe_wire bytes; /* its value; a varint's as it is written */
    struct ses_caffe_wire whole; /* with its tag, as it stands in the message */
};

/* Take the next field off a message. False at its end, and where it is
 * damaged: then message->size is not 0. Groups are damage: Caffe has none. */
bool ses_caffe_wire_next(struct ses_caffe_wire *message,
                         struct ses_caffe_wire_field *field);

#endif
