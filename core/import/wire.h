/* Protocol buffers, as ONNX and Caffe write them, field by field, over bytes
 * that stay where they are: a model's weights are hundreds of megabytes that
 * nobody wants copied.
 *
 * A field of a kind that the reader does not expect (a number where bytes
 * should be) reads as empty or 0, so that what follows needs no checks. */
#ifndef SES_IMPORT_WIRE_H
#define SES_IMPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ses_wire_type {
    SES_WIRE_VARINT = 0,
    SES_WIRE_FIXED64 = 1,
    SES_WIRE_BYTES = 2,
    SES_WIRE_FIXED32 = 5
};

struct ses_wire {
    const uint8_t *at, *end; /* borrowed */
    bool damaged;            /* it did not end where a field ends */
};

struct ses_wire_field {
    uint64_t number;
    enum ses_wire_type type;
    uint64_t value;      /* of a number, its bits; 0 for bytes */
    const uint8_t *data; /* bytes: within the message; else NULL */
    size_t size;         /* bytes; else 0 */
    const uint8_t *whole; /* with its tag, as it stands in the message */
    size_t whole_size;
};

struct ses_wire ses_wire(const uint8_t *data, size_t size);

/* The next field of a message; false at its end, or when damaged: then wire->at
 * stays in front of the damage, and field has its number and type as far as
 * they are whole. Groups are damage: neither format has any. */
bool ses_wire_next(struct ses_wire *wire, struct ses_wire_field *field);

/* Numbers of a repeated field, which may be packed into bytes: how many one
 * field holds, and the next of them (type: how each is written). */
size_t ses_wire_count(const struct ses_wire_field *field,
                      enum ses_wire_type type);
bool ses_wire_number(struct ses_wire *packed, enum ses_wire_type type,
                     uint64_t *out);

/* A number's bits as what they stand for. */
float ses_wire_float(uint64_t bits);
double ses_wire_double(uint64_t bits);

#endif
