/* The process that reads HDF5, and what it and its parent say to each other.
 *
 * The reader first sends what the file holds, in records (stream.h), and then
 * the elements of each array that it is asked for by number. */
#ifndef SES_IMPORT_KERAS_READER_H
#define SES_IMPORT_KERAS_READER_H

#include <hdf5.h>

#include "core/base/error.h"
#include "core/base/stream.h"

/* Records. A failure or the end is the last. */
enum ses_keras_record {
    SES_KERAS_TEXTS = 'T', /* key, count, texts */
    SES_KERAS_ARRAY = 'A', /* path, rank, sizes, usable, in_place, at */
    SES_KERAS_END = 'E',
    SES_KERAS_FAILURE = 'F' /* status, words */
};

/* Serve a file to the other end of a socket until that is closed. The calling
 * process must be one that may crash. */
void ses_keras_reader(int socket, const uint8_t *data, size_t size);

/* ---- what its files share ------------------------------------------------ */

struct ses_keras_image {
    const uint8_t *data;
    size_t size;
};

/* The file, opened where it is mapped; H5I_INVALID_HID when it is none. */
hid_t ses_keras_image_open(struct ses_keras_image *image);

/* An object's attribute as a record of texts; absent ones are none. */
enum ses_status ses_keras_send_texts(const struct ses_keras_image *image,
                                     hid_t object, const char *path,
                                     const char *attribute,
                                     struct ses_stream *wire,
                                     struct ses_error *err);

/* A reference to text of variable length as it stands in the file, 16 bytes:
 * its length, and the address and number of an object in a global heap.
 * Returns the object's bytes, *length of them, or NULL when they are not all
 * there. HDF5's own reader copies as many bytes as the heap says into room for
 * as many as the reference says (1.10.8), so it is not asked. */
const char *ses_keras_heap_text(const struct ses_keras_image *image,
                                const uint8_t reference[16], size_t *length);

#endif
