/* core/images/preprocess: torchvision's geometry and numbers, presets, and
 * what --preprocess may say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/images/preprocess.h"
#include "tests/support/check.h"
#include "tests/support/pictures.h"

static struct ses_preprocess parse(const char *text)
{
    struct ses_error err = { 0 };
    struct ses_preprocess preprocess = { 0 };
    if (ses_preprocess_preset("torch", &preprocess, &err) != SES_OK ||
        ses_preprocess_parse(text, &preprocess, &err) != SES_OK)
        fail_msg("%s", err.message);
    return preprocess;
}

static float *apply(const struct ses_preprocess *preprocess,
                    const struct ses_image *image, size_t *count)
{
    struct ses_error err = { 0 };
    *count = (size_t)preprocess->input_h * (size_t)preprocess->input_w *
             (size_t)ses_preprocess_channels(preprocess);
    float *out = ses_calloc_floats(*count);
    assert_non_null(out);
    if (ses_preprocess_apply(preprocess, image, out, &err) != SES_OK)
        fail_msg("%s", err.message);
    return out;
}

/* One case of preprocessed.txt: "SOURCE PREPROCESSING VALUE ...". */
static void check_case(char *line, const struct pictures *pictures)
{
    char *rest = line;
    const char *source = strsep(&rest, " ");
    const char *text = strsep(&rest, " ");
    struct ses_preprocess preprocess = parse(text);
    const struct ses_image *image = find_picture(pictures, source);
    size_t count;
    float *found = apply(&preprocess, image, &count);
    for (size_t i = 0; i < count; i++) {
        char *word = strsep(&rest, " ");
        if (!word)
            fail_msg("%s %s: %zu values, expected %zu", source, text, count,
                     i);
        double expected = strtod(word, NULL);
        if (!(fabs(found[i] - expected) <= 1e-6))
            fail_msg("%s %s: value %zu is %.9g, expected %.9g", source, text,
                     i, found[i], expected);
    }
    assert_null(rest);
    free(found);
}

static void numbers_are_torchvisions(void **state)
{
    struct pictures pictures = read_pictures("resized.pnm");
    size_t size;
    char *data = (char *)read_sample("preprocessed.txt", &size);
    char *rest = data, *line;
    int cases = 0;
    while ((line = strsep(&rest, "\n")) && *line) {
        check_case(line, &pictures);
        cases++;
    }
    assert_int_equal(cases, 12);
    free(data);
    release_pictures(&pictures);
}

static void one_pixel(const char *text, int channels, uint8_t r, uint8_t g,
                      uint8_t b, float out[3])
{
    uint8_t pixels[3] = { r, g, b };
    struct ses_image image = { 1, 1, channels, pixels };
    struct ses_preprocess preprocess = parse(text);
    struct ses_error err = { 0 };
    if (ses_preprocess_apply(&preprocess, &image, out, &err) != SES_OK)
        fail_msg("%s", err.message);
}

static void scale_comes_first_then_mean_then_std(void **state)
{
    float out[3];
    one_pixel("none,input=1,scale=0.5,mean=10:20:30,std=2:4:5", 3, 100, 200,
              250, out);
    assert_true(out[0] == 20);
    assert_true(out[1] == 20);
    assert_true(out[2] == 19);
    /* Caffe's "scale: 0.017" multiplies after the mean: (p - m) * s is
     * (p - m) / (1 / s). */
    one_pixel("caffe,resize=0,crop=1,std=1/0.017", 3, 10, 20, 30, out);
    assert_true(fabs(out[0] - (30 - 104) * 0.017) < 1e-6);
    assert_true(fabs(out[1] - (20 - 117) * 0.017) < 1e-6);
    assert_true(fabs(out[2] - (10 - 123) * 0.017) < 1e-6);
}

static void range_and_order_matter(void **state)
{
    float rgb[3], bgr[3], unit[3];
    one_pixel("none,input=1", 3, 10, 20, 30, rgb);
    one_pixel("none,input=1,order=bgr", 3, 10, 20, 30, bgr);
    one_pixel("none,input=1,scale=1/255", 3, 10, 20, 30, unit);
    assert_true(rgb[0] == 10 && rgb[1] == 20 && rgb[2] == 30);
    assert_true(bgr[0] == 30 && bgr[1] == 20 && bgr[2] == 10);
    for (int c = 0; c < 3; c++)
        assert_true(unit[c] == (float)(rgb[c] / 255.0));
}

static void grey_is_luma_and_grey_pictures_fill_three_channels(void **state)
{
    float out[3];
    /* (10 * 19595 + 20 * 38470 + 30 * 7471 + 32768) >> 16 */
    one_pixel("none,input=1,order=grey", 3, 10, 20, 30, out);
    assert_true(out[0] == 18);
    one_pixel("none,input=1,order=grey", 1, 77, 0, 0, out);
    assert_true(out[0] == 77);
    one_pixel("none,input=1,order=bgr,mean=1:2:3", 1, 77, 0, 0, out);
    assert_true(out[0] == 76 && out[1] == 75 && out[2] == 74);
}

static void a_picture_of_another_size_is_an_error(void **state)
{
    struct pictures pictures = read_pictures("resized.pnm");
    const struct ses_image *image = find_picture(&pictures, "rgb");
    struct ses_preprocess preprocess = parse("cifar10");
    struct ses_error err = { 0 };
    float out[3];
    assert_int_equal(ses_preprocess_apply(&preprocess, image, out, &err),
                     SES_ESHAPE);
    assert_string_equal(err.message,
                        "is 37x29 pixels, expected the network's 32x32");
    preprocess = parse("cifar10,resize=32");
    assert_int_equal(ses_preprocess_apply(&preprocess, image, out, &err),
                     SES_ESHAPE);
    assert_string_equal(err.message, "is 40x32 pixels resized, expected the "
                                     "network's 32x32");
    release_pictures(&pictures);
}

/* Long and thin: the long side must neither overflow nor cost memory. */
static void only_what_is_cropped_is_resized(void **state)
{
    struct ses_error err = { 0 };
    struct ses_image image;
    struct ses_preprocess preprocess = parse("torch,resize=8192,crop=3");
    assert_int_equal(ses_image_init(&image, SES_IMAGE_MAX_SIDE, 1, 3, &err),
                     SES_OK);
    memset(image.pixels, 255, (size_t)SES_IMAGE_MAX_SIDE * 3);
    size_t count;
    float *out = apply(&preprocess, &image, &count);
    assert_int_equal(count, 27);
    assert_true(fabs(out[0] - (1 - 0.485) / 0.229) < 1e-6);
    free(out);
    ses_image_release(&image);
}

static void presets_are_shown_whole(void **state)
{
    static const struct {
        const char *preset, *text;
    } cases[] = {
        { "torch", "resize=256,crop=224,interp=bilinear,order=rgb,"
                   "scale=1/255,mean=0.485:0.456:0.406,"
                   "std=0.229:0.224:0.225" },
        { "caffe", "resize=256,crop=224,interp=bilinear,order=bgr,scale=1,"
                   "mean=104:117:123,std=1" },
        { "keras-tf", "resize=256,crop=224,interp=bilinear,order=rgb,"
                      "scale=1/127.5,mean=1,std=1" },
        { "cifar10", "resize=0,crop=0,input=32,interp=bilinear,order=rgb,"
                     "scale=1/255,mean=0.4914:0.4822:0.4465,"
                     "std=0.247:0.2435:0.2616" },
        { "none", "resize=0,crop=0,interp=bilinear,order=rgb,scale=1,mean=0,"
                  "std=1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_error err = { 0 };
        struct ses_preprocess preprocess;
        assert_int_equal(ses_preprocess_preset(cases[i].preset, &preprocess,
                                               &err), SES_OK);
        assert_string_equal(preprocess.name, cases[i].preset);
        char *text = ses_preprocess_text(&preprocess);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void a_changed_preset_is_none(void **state)
{
    static const struct {
        const char *text;
        bool preset;
    } cases[] = {
        { "torch", true },
        { "torch,crop=224,std=.229:.224:.225", true },
        { "torch,crop=288", false },
        { "cifar10", true },
        { "cifar10,order=grey", false },
        { "cifar10,mean=.5", false },
        { "cifar10,input=28", false },
        { "none,input=80", true },
        { "none,squash=80", false },
        { "caffe,scale=2", false },
        { "keras-tf,interp=area", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_preprocess preprocess = parse(cases[i].text);
        if (ses_preprocess_is_preset(&preprocess) != cases[i].preset)
            fail_msg("'%s' is taken for the other", cases[i].text);
    }
}

static void assert_same_values(const char *text,
                               const struct ses_preprocess *a,
                               const struct ses_preprocess *b)
{
    if (a->resize != b->resize || a->squash != b->squash ||
        a->squash_w != b->squash_w || a->crop_h != b->crop_h ||
        a->crop_w != b->crop_w || a->input_h != b->input_h ||
        a->input_w != b->input_w || a->filter != b->filter ||
        a->order != b->order || a->scale != b->scale ||
        memcmp(a->mean, b->mean, sizeof a->mean) != 0 ||
        memcmp(a->std, b->std, sizeof a->std) != 0)
        fail_msg("'%s' reads back otherwise", text);
}

static void text_reads_back_to_the_same_values(void **state)
{
    static const char *const texts[] = {
        "torch", "caffe", "keras-tf", "cifar10", "none",
        "torch,crop=288,resize=320,interp=bicubic",
        "squash=80,crop=0,order=bgr,scale=1",
        "squash=112x96,crop=0", "squash=256,crop=224x192",
        "none,input=3x4,interp=lanczos,order=grey,mean=0.1307,std=0.3081",
        "scale=0.017,interp=nearest", "scale=0.00392157,interp=area",
        "scale=-1/255,mean=-1", "mean=1/3:2/7:1e-9,std=1/7",
        "scale=0.12345678901234567",
    };
    static const char *const before[] = { "torch", "cifar10",
                                          "squash=7x9,crop=0,mean=1:2:3" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct ses_preprocess first = parse(texts[i]);
        char *text = ses_preprocess_text(&first);
        for (size_t j = 0; j < sizeof before / sizeof *before; j++) {
            struct ses_error err = { 0 };
            struct ses_preprocess again = parse(before[j]);
            if (ses_preprocess_parse(text, &again, &err) != SES_OK)
                fail_msg("%s", err.message);
            assert_same_values(text, &again, &first);
        }
        free(text);
    }
}

static void the_input_follows_crop_and_squash(void **state)
{
    struct ses_preprocess p = parse("crop=288");
    assert_int_equal(p.input_h, 288);
    assert_int_equal(p.input_w, 288);
    assert_int_equal(p.resize, 256);
    p = parse("crop=112x96");
    assert_int_equal(p.input_h, 112);
    assert_int_equal(p.input_w, 96);
    p = parse("crop=0,squash=80x60");
    assert_true(p.squash);
    assert_int_equal(p.input_h, 80);
    assert_int_equal(p.input_w, 60);
    p = parse("squash=80,crop=0,resize=64,input=64x85");
    assert_false(p.squash);
    assert_int_equal(p.input_w, 85);
    /* `none` has no size of its own. */
    p = parse("none");
    assert_int_equal(p.input_h, 224);
    assert_int_equal(p.crop_h, 0);
}

static void wrong_texts_are_explained_and_change_nothing(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        { "torhc", "did you mean 'torch'?" },
        { "", "expected torch, caffe, keras-tf, cifar10 or none" },
        { "crp=3", "unknown key 'crp'" },
        { "resiz=3", "did you mean 'resize'?" },
        { "crop=288,torch", "'torch' is no key=value pair" },
        { "crop=288,", "'' is no key=value pair" },
        { "crop=9999", "'crop=9999': expected a size" },
        { "crop=-1", "'crop=-1': expected a size" },
        { "crop=3x", "'crop=3x': expected a size" },
        { "crop=3x4x5", "'crop=3x4x5': expected a size" },
        { "resize=9x9", "use squash=HxW" },
        { "squash=0", "'squash=0': expected a size" },
        { "input=0", "'input=0': expected a size" },
        { "input=299", "input=299x299 differs from crop=224x224" },
        { "squash=8,crop=0,input=9", "differs from squash=8x8" },
        { "interp=cubic", "nearest, area, bilinear, bicubic or lanczos" },
        { "order=RGB", "rgb, bgr or grey" },
        { "scale=0", "a number other than 0" },
        { "scale=1/0", "a number other than 0" },
        { "scale=1e9/1e-300", "expected at most 1e+30" },
        { "std=1e-300", "expected at most 1e+30" },
        { "scale=1/2/3", "a number other than 0" },
        { "mean=1:2", "one number, or three" },
        { "mean=1:2:3:4", "one number, or three" },
        { "mean=a", "one number, or three" },
        { "mean=nan", "one number, or three" },
        { "std=1:0:1", "one number above 0" },
        { "std=-1", "one number above 0" },
        { "mean=1,std=", "one number above 0" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_preprocess before = parse("torch"), after = before;
        struct ses_error err = { 0 };
        if (ses_preprocess_parse(cases[i].text, &after, &err) != SES_EUSAGE)
            fail_msg("'%s' was not refused", cases[i].text);
        if (!strstr(err.message, cases[i].words))
            fail_msg("'%s': '%s', expected '%s' in it", cases[i].text,
                     err.message, cases[i].words);
        assert_same_values(cases[i].text, &after, &before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_torchvisions),
        cmocka_unit_test(scale_comes_first_then_mean_then_std),
        cmocka_unit_test(range_and_order_matter),
        cmocka_unit_test(grey_is_luma_and_grey_pictures_fill_three_channels),
        cmocka_unit_test(a_picture_of_another_size_is_an_error),
        cmocka_unit_test(only_what_is_cropped_is_resized),
        cmocka_unit_test(presets_are_shown_whole),
        cmocka_unit_test(a_changed_preset_is_none),
        cmocka_unit_test(text_reads_back_to_the_same_values),
        cmocka_unit_test(the_input_follows_crop_and_squash),
        cmocka_unit_test(wrong_texts_are_explained_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
