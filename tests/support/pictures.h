/* What the tests of decoding, resizing and preprocessing share: sample files
 * and the pictures expected of them (scripts/reference/images.py). */
#ifndef SES_TESTS_PICTURES_H
#define SES_TESTS_PICTURES_H

#include "core/images/image.h"

/* A file of tests/data/images; caller frees with free(). */
uint8_t *read_sample(const char *name, size_t *size);

struct picture {
    char name[64];
    struct ses_image image;
};

struct pictures {
    struct picture *items;
    size_t count;
};

/* A file of PNM pictures, each named by a comment. */
struct pictures read_pictures(const char *name);
void release_pictures(struct pictures *pictures);

/* The picture of that name, which must be there. */
const struct ses_image *find_picture(const struct pictures *pictures,
                                     const char *name);

/* Fails with what, and the first byte that differs. */
void assert_same_picture(const char *what, const struct ses_image *found,
                         const struct ses_image *expected);

#endif
