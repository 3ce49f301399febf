/* core/images/image: pictures from files, sound and damaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/random.h"
#include "tests/support/check.h"
#include "tests/support/pictures.h"

static struct ses_image decode_bytes(const char *what, const uint8_t *data,
                                     size_t size, bool exif_rotate)
{
    struct ses_error err = { 0 };
    struct ses_image image;
    if (ses_image_decode(data, size, exif_rotate, &image, &err) != SES_OK)
        fail_msg("%s: %s", what, err.message);
    return image;
}

static struct ses_image decode_sample(const char *name, bool exif_rotate)
{
    size_t size;
    uint8_t *data = read_sample(name, &size);
    struct ses_image image = decode_bytes(name, data, size, exif_rotate);
    free(data);
    return image;
}

/* The data must be refused, with these words in the message. */
static void assert_refused(const char *what, const uint8_t *data, size_t size,
                           const char *words)
{
    struct ses_error err = { 0 };
    struct ses_image image;
    if (ses_image_decode(data, size, false, &image, &err) == SES_OK) {
        ses_image_release(&image);
        fail_msg("%s was decoded", what);
    }
    assert_null(image.pixels);
    if (!strstr(err.message, words))
        fail_msg("%s: '%s', expected '%s' in it", what, err.message, words);
}

static void samples_decode_to_pillows_pixels(void **state)
{
    struct pictures expected = read_pictures("decoded.pnm");
    assert_int_equal(expected.count, 26);
    for (size_t i = 0; i < expected.count; i++) {
        const struct picture *picture = &expected.items[i];
        struct ses_image image = decode_sample(picture->name, false);
        assert_same_picture(picture->name, &image, &picture->image);
        ses_image_release(&image);
    }
    release_pictures(&expected);
}

/* Names are "SAMPLE DIVISOR"; the samples' shorter side is 29. */
static void jpegs_are_read_smaller_when_asked_to(void **state)
{
    struct pictures expected = read_pictures("reduced.pnm");
    assert_int_equal(expected.count, 6);
    for (size_t i = 0; i < expected.count; i++) {
        const struct picture *picture = &expected.items[i];
        struct ses_error err = { 0 };
        struct ses_image image;
        char name[64];
        int down;
        assert_int_equal(sscanf(picture->name, "%63s %d", name, &down), 2);
        size_t size;
        uint8_t *data = read_sample(name, &size);
        OK(ses_image_decode_fast(data, size, false, 29 / down, &image, &err));
        assert_same_picture(picture->name, &image, &picture->image);
        ses_image_release(&image);
        OK(ses_image_decode_fast(data, size, false, 29 / down + 1, &image,
                                 &err)); /* a pixel too many for that */
        assert_true(image.width > picture->image.width);
        ses_image_release(&image);
        free(data);
    }
    release_pictures(&expected);
}

/* Where the orientation stands: tag 0x112, a short, one of it, big-endian. */
static uint8_t *find_orientation(uint8_t *data, size_t size)
{
    static const uint8_t tag[] = { 1, 0x12, 0, 3, 0, 0, 0, 1, 0 };
    uint8_t *at = memmem(data, size, tag, sizeof tag);
    assert_non_null(at);
    return at + sizeof tag;
}

static void exif_turns_pictures_when_asked_to(void **state)
{
    struct pictures expected = read_pictures("oriented.pnm");
    size_t size;
    uint8_t *data = read_sample("exif.jpg", &size);
    uint8_t *orientation = find_orientation(data, size);
    for (int i = 1; i <= 8; i++) {
        char name[2] = { (char)('0' + i), '\0' };
        *orientation = (uint8_t)i;
        struct ses_image image = decode_bytes(name, data, size, true);
        assert_same_picture(name, &image, find_picture(&expected, name));
        ses_image_release(&image);
    }
    free(data);
    const char *others[] = { "rgb.png", "lossless.webp" };
    for (int i = 0; i < 2; i++) {
        struct ses_image image = decode_sample(others[i], true);
        assert_same_picture(others[i], &image,
                            find_picture(&expected, others[i]));
        ses_image_release(&image);
    }
    release_pictures(&expected);
}

/* Tags with counts of 2555904 and offsets far out, as in ImageNet. */
static void a_broken_exif_never_matters(void **state)
{
    struct pictures expected = read_pictures("decoded.pnm");
    const struct ses_image *baseline = find_picture(&expected, "baseline.jpg");
    struct ses_image image = decode_sample("exif-corrupt.jpg", true);
    assert_same_picture("exif-corrupt.jpg", &image, baseline);
    ses_image_release(&image);

    size_t size;
    uint8_t *data = read_sample("exif.jpg", &size);
    uint8_t *orientation = find_orientation(data, size);
    const uint8_t wrong[] = { 0, 9, 255 };
    for (size_t i = 0; i < sizeof wrong; i++) {
        *orientation = wrong[i];
        image = decode_bytes("wrong orientation", data, size, true);
        assert_same_picture("wrong orientation", &image, baseline);
        ses_image_release(&image);
    }
    /* Every byte of the EXIF block changed: rotated or not, but decoded. */
    *orientation = 6;
    uint8_t *start = memmem(data, size, "MM", 2);
    assert_non_null(start);
    for (uint8_t *at = start; at < orientation + 4; at++) {
        *at ^= 0xff;
        image = decode_bytes("hostile EXIF", data, size, true);
        assert_int_equal(image.width * image.height, 37 * 29);
        ses_image_release(&image);
        *at ^= 0xff;
    }
    free(data);
    release_pictures(&expected);
}

static void other_kinds_of_files_are_named(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *words;
    } cases[] = {
        { "", 0, "is empty, expected JPEG, PNG or WebP" },
        { "\x1f\x8b\x08\0\0\0\0\0\0\3", 10, "is gzip-compressed" },
        { "GIF89a\1\0\1\0\0\0\0", 13,
          "is a GIF picture, expected JPEG, PNG or WebP" },
        { "BM\x46\0\0\0\0\0\0\0\x36", 11, "is a BMP picture" },
        { "BMI per country\n", 16, "is a text file" },
        { "II*\0\x08\0\0\0", 8, "is a TIFF picture" },
        { "MM\0*\0\0\0\x08", 8, "is a TIFF picture" },
        { "<html><body>404", 15, "is an HTML page" },
        { "this is no picture\n", 19, "is a text file" },
        { "\0\1\2\3\4\5\6\7", 8, "is of an unknown kind" },
        { "\xff\xd8", 2, "is of an unknown kind" },
        { "RIFF\x24\0\0\0WAVEfmt ", 16, "is of an unknown kind" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].words, (const uint8_t *)cases[i].bytes,
                       cases[i].size, cases[i].words);

    size_t size;
    uint8_t *data = read_sample("animated.webp", &size);
    assert_refused("animated.webp", data, size, "animated");
    free(data);
}

static void a_truncated_picture_is_an_error(void **state)
{
    struct pictures expected = read_pictures("decoded.pnm");
    for (size_t i = 0; i < expected.count; i++) {
        size_t size;
        const char *name = expected.items[i].name;
        uint8_t *data = read_sample(name, &size);
        for (size_t cut = 1; cut < size; cut += cut < 32 ? 1 : 7) {
            /* A block of its own, for sanitizers to see the end of it. */
            uint8_t *part = malloc(size - cut);
            assert_non_null(part);
            memcpy(part, data, size - cut);
            assert_refused(name, part, size - cut, "is ");
            free(part);
        }
        free(data);
    }
    release_pictures(&expected);
}

/* As many a downloader leaves it: cut, with an end marker behind. */
static void a_jpeg_that_ends_early_is_not_filled_with_grey(void **state)
{
    const char *names[] = { "baseline.jpg", "progressive.jpg", "cmyk.jpg" };
    for (int i = 0; i < 3; i++) {
        size_t size;
        uint8_t *data = read_sample(names[i], &size);
        assert_refused(names[i], data, size - 100, "is a truncated JPEG");
        data[size - 102] = 0xff;
        data[size - 101] = 0xd9;
        assert_refused(names[i], data, size - 100, "premature end of data");
        free(data);
    }
}

static void a_short_file_cannot_claim_a_large_picture(void **state)
{
    size_t size;
    uint8_t *data = read_sample("baseline.jpg", &size);
    static const uint8_t sof[] = { 0xff, 0xc0, 0, 17, 8 };
    uint8_t *frame = memmem(data, size, sof, sizeof sof);
    assert_non_null(frame);
    memcpy(frame + 5, "\x27\x10\x27\x10", 4); /* 10000 x 10000 */
    assert_refused("jpeg", data, size, "claims 10000x10000 pixels");
    memcpy(frame + 5, "\xff\x00\xff\x00", 4);
    assert_refused("jpeg", data, size, "claims 65280x65280 pixels");
    free(data);

    /* The header's check sum comes first. */
    static const uint8_t png[] =
        "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x27\x10\0\0\x27\x10\x08\2\0\0\0"
        "\x35\x2c\xf5\x70\0\0\0\0IDAT\x35\xaf\x06\x1e";
    assert_refused("png", png, sizeof png - 1, "claims 10000x10000 pixels");

    data = read_sample("lossy.webp", &size);
    uint8_t *key = memmem(data, size, "\x9d\x01\x2a", 3);
    assert_non_null(key);
    memcpy(key + 3, "\x10\x27\x10\x27", 4);
    assert_refused("webp", data, size, "claims 10000x10000 pixels");
    free(data);

    /* Lossless: 14 bits of width - 1, 14 of height - 1 behind a 0x2f. */
    data = read_sample("alpha-lossless.webp", &size);
    uint8_t *start = memmem(data, size, "VP8L", 4);
    assert_non_null(start);
    assert_int_equal(start[8], 0x2f);
    memcpy(start + 9, "\x0f\xe7\xc3\x19", 4);
    assert_refused("webp", data, size, "claims 10000x10000 pixels");
    free(data);
}

static void sizes_have_bounds(void **state)
{
    static const struct {
        int width, height;
    } cases[] = { { 0, 5 }, { 5, -1 }, { 65501, 1 }, { 65500, 65500 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_error err = { 0 };
        struct ses_image image;
        enum ses_status status = ses_image_init(
            &image, cases[i].width, cases[i].height, 3, &err);
        assert_int_equal(status, SES_EUNSUPPORTED);
        assert_null(image.pixels);
        assert_non_null(strstr(err.message, "pixels, expected"));
    }
}

/* Whatever a byte is changed to: a picture or an error, and under sanitizers
 * no complaint. */
static void changed_bytes_do_no_harm(void **state)
{
    struct pictures expected = read_pictures("decoded.pnm");
    struct ses_random random;
    int decoded = 0, refused = 0;
    ses_random_seed(&random, 1);
    for (size_t i = 0; i < expected.count; i++) {
        size_t size;
        uint8_t *data = read_sample(expected.items[i].name, &size);
        for (size_t at = 0; at < size; at++) {
            struct ses_image image;
            struct ses_error err = { 0 };
            uint8_t old = data[at];
            data[at] ^= (uint8_t)(1 + ses_random_below(&random, 255));
            if (ses_image_decode(data, size, true, &image, &err) == SES_OK) {
                decoded++;
            } else {
                refused++;
                assert_int_not_equal(err.message[0], '\0');
            }
            ses_image_release(&image);
            data[at] = old;
        }
        free(data);
    }
    assert_true(decoded > 100 && refused > 100);
    release_pictures(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_decode_to_pillows_pixels),
        cmocka_unit_test(jpegs_are_read_smaller_when_asked_to),
        cmocka_unit_test(exif_turns_pictures_when_asked_to),
        cmocka_unit_test(a_broken_exif_never_matters),
        cmocka_unit_test(other_kinds_of_files_are_named),
        cmocka_unit_test(a_truncated_picture_is_an_error),
        cmocka_unit_test(a_jpeg_that_ends_early_is_not_filled_with_grey),
        cmocka_unit_test(a_short_file_cannot_claim_a_large_picture),
        cmocka_unit_test(sizes_have_bounds),
        cmocka_unit_test(changed_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
