/* Text in HDF5's global heaps, looked up in the file's bytes. See reader.h;
 * the format is section III.E of the HDF5 File Format Specification. */
#include <string.h>

#include "core/import/keras/reader.h"

static uint64_t little(const uint8_t *data, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | data[i];
    return value;
}

/* A collection is 16 bytes of header, then objects: number (2 bytes), readers
 * (2), 4 bytes of nothing, size (8), and the data, padded to 8 bytes. */
const char *ses_keras_heap_text(const struct ses_keras_image *image,
                                const uint8_t reference[16], size_t *length)
{
    enum { HEADER = 16 };
    uint64_t wanted = little(reference, 4);
    uint64_t address = little(reference + 4, 8);
    uint64_t number = little(reference + 12, 4);
    *length = (size_t)wanted;
    if (address > image->size || image->size - address < HEADER)
        return NULL;
    const uint8_t *heap = image->data + address;
    uint64_t end = little(heap + 8, 8);
    if (memcmp(heap, "GCOL\1", 5) != 0 || end > image->size - address)
        return NULL;
    for (uint64_t at = HEADER; end >= HEADER && at <= end - HEADER;) {
        uint64_t size = little(heap + at + 8, 8);
        uint64_t found = little(heap + at, 2);
        at += HEADER;
        if (size > end - at)
            return NULL;
        if (found == number && found != 0)
            return size >= wanted ? (const char *)heap + at : NULL;
        if (found == 0) /* what is free comes last */
            return NULL;
        uint64_t padded = (size + 7) & ~(uint64_t)7;
        if (padded > end - at)
            return NULL;
        at += padded;
    }
    return NULL;
}
