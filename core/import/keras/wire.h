/* Numbers and texts through a socket. */
#ifndef SES_IMPORT_KERAS_WIRE_H
#define SES_IMPORT_KERAS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where an array's elements are. */
enum ses_keras_place {
    SES_KERAS_UNPACKED,   /* only the reader can tell */
    SES_KERAS_FLOATS,     /* in the file in one piece, as float32 ... */
    SES_KERAS_HALF_FLOATS /* ... or as float16 */
};

/* One end; what is sent or received is gathered in a buffer. */
struct ses_keras_wire {
    int socket;
    bool failed; /* the other end is gone, or nothing that was expected */
    uint8_t buffer[1 << 16];
    size_t used, at; /* sending: used; receiving: [at, used) */
    size_t left;     /* receiving: bytes that may still come */
};

void ses_keras_send_number(struct ses_keras_wire *wire, uint64_t number);
void ses_keras_send_text(struct ses_keras_wire *wire, const char *text,
                         size_t length);
void ses_keras_flush(struct ses_keras_wire *wire);

uint64_t ses_keras_receive_number(struct ses_keras_wire *wire);

/* A text of at most `left` bytes, or NULL. Caller frees with free(). */
char *ses_keras_receive_text(struct ses_keras_wire *wire);

#endif
