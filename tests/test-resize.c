/* core/images/resize: Pillow's resampling, to the byte. */
#include <stdio.h>
#include <string.h>

#include "core/images/preprocess.h"
#include "tests/support/check.h"
#include "tests/support/pictures.h"

static const char *const filters[] = {
    [SES_FILTER_NEAREST] = "nearest",   [SES_FILTER_BOX] = "area",
    [SES_FILTER_BILINEAR] = "bilinear", [SES_FILTER_BICUBIC] = "bicubic",
    [SES_FILTER_LANCZOS] = "lanczos",
};
enum { FILTERS = 5 };

static enum ses_filter find_filter(const char *name)
{
    for (int i = 0; i < FILTERS; i++)
        if (strcmp(filters[i], name) == 0)
            return (enum ses_filter)i;
    fail_msg("no filter '%s'", name);
    return SES_FILTER_NEAREST;
}

static struct ses_image resize(const struct ses_image *image, int width,
                               int height, enum ses_filter filter)
{
    struct ses_error err = { 0 };
    struct ses_image out;
    struct ses_rectangle all = { 0, 0, width, height };
    OK(ses_image_resize(image, width, height, filter, all, &out, &err));
    return out;
}

static void resizes_are_pillows_to_the_byte(void **state)
{
    struct pictures pictures = read_pictures("resized.pnm");
    int cases = 0;
    for (size_t i = 0; i < pictures.count; i++) {
        const struct picture *expected = &pictures.items[i];
        char source[64], filter[64], what[160];
        if (sscanf(expected->name, "%63s %63s", source, filter) != 2)
            continue;
        const struct ses_image *image = find_picture(&pictures, source);
        struct ses_image found =
            resize(image, expected->image.width, expected->image.height,
                   find_filter(filter));
        snprintf(what, sizeof what, "%s of %dx%d to %dx%d", expected->name,
                 image->width, image->height, expected->image.width,
                 expected->image.height);
        assert_same_picture(what, &found, &expected->image);
        ses_image_release(&found);
        cases++;
    }
    assert_int_equal(cases, 14 * FILTERS);
    release_pictures(&pictures);
}

/* By hand: area takes the pixels whose centres are within half a step (7/3
 * or 5/2) of the output's, the farther end included. */
static void area_of_7x5_to_3x2_is_means_of_pixels(void **state)
{
    struct ses_error err = { 0 };
    struct ses_image image;
    assert_int_equal(ses_image_init(&image, 7, 5, 1, &err), SES_OK);
    for (int i = 0; i < 35; i++)
        image.pixels[i] = (uint8_t)(7 * i);
    struct ses_image out = resize(&image, 3, 2, SES_FILTER_BOX);
    /* Pixels are 49 y + 7 x. Columns 0-1, 2-4 and 5-6 have the means
     * 49 y + 3.5 (up to 4), 49 y + 21 and 49 y + 38.5 (up to 39); of these,
     * rows 0-2 the mean for y = 1, rows 3-4 that for y = 3.5, halves up. */
    const uint8_t expected[] = { 53, 70, 88, 176, 193, 211 };
    for (int i = 0; i < 6; i++)
        assert_int_equal(out.pixels[i], expected[i]);
    ses_image_release(&out);
    ses_image_release(&image);
}

static void the_same_size_is_a_copy(void **state)
{
    struct pictures pictures = read_pictures("resized.pnm");
    const struct ses_image *image = find_picture(&pictures, "rgb");
    for (int i = 0; i < FILTERS; i++) {
        struct ses_image out = resize(image, image->width, image->height,
                                      (enum ses_filter)i);
        assert_same_picture(filters[i], &out, image);
        ses_image_release(&out);
    }
    release_pictures(&pictures);
}

static void cut(const struct ses_image *image, struct ses_rectangle part,
                struct ses_image *out)
{
    struct ses_error err = { 0 };
    assert_int_equal(ses_image_init(out, part.width, part.height,
                                    image->channels, &err), SES_OK);
    size_t c = (size_t)image->channels;
    for (int y = 0; y < part.height; y++)
        memcpy(out->pixels + (size_t)(y * part.width) * c,
               image->pixels +
                   (size_t)((y + part.top) * image->width + part.left) * c,
               (size_t)part.width * c);
}

static void a_part_is_cut_from_the_whole(void **state)
{
    static const struct ses_rectangle parts[] = {
        { 0, 0, 5, 7 }, { 6, 4, 9, 8 }, { 16, 12, 1, 1 }, { 3, 0, 14, 13 },
    };
    struct pictures pictures = read_pictures("resized.pnm");
    for (size_t i = 0; i < pictures.count; i++) {
        const struct picture *whole = &pictures.items[i];
        char source[64], filter[64];
        if (sscanf(whole->name, "%63s %63s", source, filter) != 2)
            continue;
        for (size_t j = 0; j < sizeof parts / sizeof *parts; j++) {
            struct ses_rectangle part = parts[j];
            struct ses_error err = { 0 };
            struct ses_image found, expected;
            if (part.left + part.width > whole->image.width ||
                part.top + part.height > whole->image.height)
                continue;
            enum ses_status status = ses_image_resize(
                find_picture(&pictures, source), whole->image.width,
                whole->image.height, find_filter(filter), part, &found, &err);
            assert_int_equal(status, SES_OK);
            cut(&whole->image, part, &expected);
            assert_same_picture(whole->name, &found, &expected);
            ses_image_release(&found);
            ses_image_release(&expected);
        }
    }
    release_pictures(&pictures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resizes_are_pillows_to_the_byte),
        cmocka_unit_test(area_of_7x5_to_3x2_is_means_of_pixels),
        cmocka_unit_test(the_same_size_is_a_copy),
        cmocka_unit_test(a_part_is_cut_from_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
