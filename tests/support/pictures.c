/* See pictures.h. */
#include "core/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/pictures.h"

uint8_t *read_sample(const char *name, size_t *size)
{
    char path[128];
    snprintf(path, sizeof path, "images/%s", name);
    return (uint8_t *)read_file(data_path(path), size);
}

struct pictures read_pictures(const char *name)
{
    struct ses_error err = { 0 };
    struct pictures pictures = { 0 };
    size_t size, capacity = 0;
    char *data = (char *)read_sample(name, &size);
    char *at = data;
    while (at < data + size) {
        pictures.items = ses_grow(pictures.items, pictures.count, &capacity,
                                  sizeof *pictures.items);
        assert_non_null(pictures.items);
        struct picture *picture = &pictures.items[pictures.count++];
        char kind;
        int width, height, length;
        int found = sscanf(at, "P%c\n# %63[^\n]\n%d %d\n255%n", &kind,
                           picture->name, &width, &height, &length);
        assert_int_equal(found, 4);
        if (ses_image_init(&picture->image, width, height,
                           kind == '5' ? 1 : 3, &err) != SES_OK)
            fail_msg("%s", err.message);
        size_t bytes = (size_t)width * (size_t)height *
                       (size_t)picture->image.channels;
        at += length + 1;
        assert_true(bytes <= (size_t)(data + size - at));
        memcpy(picture->image.pixels, at, bytes);
        at += bytes;
    }
    free(data);
    return pictures;
}

void release_pictures(struct pictures *pictures)
{
    for (size_t i = 0; i < pictures->count; i++)
        ses_image_release(&pictures->items[i].image);
    free(pictures->items);
}

const struct ses_image *find_picture(const struct pictures *pictures,
                                     const char *name)
{
    for (size_t i = 0; i < pictures->count; i++)
        if (strcmp(pictures->items[i].name, name) == 0)
            return &pictures->items[i].image;
    fail_msg("no picture '%s'", name);
    return NULL;
}

void assert_same_picture(const char *what, const struct ses_image *found,
                         const struct ses_image *expected)
{
    if (found->width != expected->width ||
        found->height != expected->height ||
        found->channels != expected->channels)
        fail_msg("%s: %dx%dx%d, expected %dx%dx%d", what, found->width,
                 found->height, found->channels, expected->width,
                 expected->height, expected->channels);
    size_t bytes = (size_t)found->width * (size_t)found->height *
                   (size_t)found->channels;
    for (size_t i = 0; i < bytes; i++)
        if (found->pixels[i] != expected->pixels[i])
            fail_msg("%s: byte %zu of %zu is %d, expected %d", what, i, bytes,
                     found->pixels[i], expected->pixels[i]);
}
