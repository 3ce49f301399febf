/* core/import/caffe: the authors' own seven networks, with weights of zeros,
 * and a third party's file with its real weights. Files come from the folder
 * SES_SHARED. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/import/caffe/prototxt.h"
#include "tests/support/caffe-network.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static const char *real_file(const char *name)
{
    const char *path = shared_path(name);
    if (!path || access(path, R_OK))
        skip();
    return path;
}

/* ---- weights of zeros, in a file that is mostly holes -------------------- */

struct writer {
    int fd;
    long at;
    /* channels of each blob of the prototxt */
    struct {
        const char *name;
        long channels;
    } blobs[4096];
    int n_blobs;
};

static long *channels_of(struct writer *w, const char *blob)
{
    for (int i = w->n_blobs; i-- > 0;)
        if (!strcmp(w->blobs[i].name, blob))
            return &w->blobs[i].channels;
    assert_true(w->n_blobs < 4096);
    w->blobs[w->n_blobs].name = blob;
    return &w->blobs[w->n_blobs++].channels;
}

static size_t put_varint(uint8_t *out, unsigned long value)
{
    size_t n = 0;
    for (; value > 127; value >>= 7)
        out[n++] = (uint8_t)(value | 128);
    out[n++] = (uint8_t)value;
    return n;
}

/* A blob: its shape, the head of its numbers, and how long they are. */
struct zeros {
    uint8_t head[64];
    size_t head_size;
    long bytes;
};

static struct zeros zeros(long a, long b, long c, long d)
{
    struct zeros z = { .bytes = 4 };
    uint8_t shape[40];
    size_t n = 0;
    const long sizes[] = { a, b, c, d };
    for (int i = 0; i < 4 && sizes[i]; i++) {
        n += put_varint(shape + n, (unsigned long)sizes[i]);
        z.bytes *= sizes[i];
    }
    z.head[z.head_size++] = 7 << 3 | 2;
    z.head_size += put_varint(z.head + z.head_size, n + 2);
    z.head[z.head_size++] = 1 << 3 | 2;
    z.head_size += put_varint(z.head + z.head_size, n);
    memcpy(z.head + z.head_size, shape, n);
    z.head_size += n;
    z.head[z.head_size++] = 5 << 3 | 2;
    z.head_size += put_varint(z.head + z.head_size, (unsigned long)z.bytes);
    return z;
}

static void put(struct writer *w, const void *data, size_t size)
{
    assert_int_equal(pwrite(w->fd, data, size, w->at), size);
    w->at += (long)size;
}

static void put_layer(struct writer *w, const char *name,
                      const struct zeros *blobs, int n)
{
    uint8_t head[16], blob_head[16];
    size_t name_size = strlen(name);
    size_t body = 1 + put_varint(head, name_size) + name_size;
    for (int i = 0; i < n; i++) {
        size_t size = blobs[i].head_size + (size_t)blobs[i].bytes;
        body += 1 + put_varint(head, size) + size;
    }
    size_t used = put_varint(head, 100 << 3 | 2);
    put(w, head, used);
    put(w, head, put_varint(head, body));
    head[0] = 1 << 3 | 2;
    put(w, head, 1 + put_varint(head + 1, name_size));
    put(w, name, name_size);
    for (int i = 0; i < n; i++) {
        blob_head[0] = 7 << 3 | 2;
        put(w, blob_head,
            1 + put_varint(blob_head + 1,
                           blobs[i].head_size + (size_t)blobs[i].bytes));
        put(w, blobs[i].head, blobs[i].head_size);
        w->at += blobs[i].bytes;
    }
}

/* Channels of a layer's output, and its weights. */
static void write_layer(struct writer *w, struct ses_prototxt *text, size_t at)
{
    const char *type = ses_prototxt_string(text, at, "type", "");
    const char *name = ses_prototxt_string(text, at, "name", "");
    size_t bottom = ses_prototxt_next(text, at, "bottom", 0);
    size_t top = ses_prototxt_next(text, at, "top", 0);
    long in = bottom ? *channels_of(w, text->fields[bottom].text) : 3;
    long out = in;
    if (!strcmp(type, "Convolution")) {
        size_t p = ses_prototxt_message(text, at, "convolution_param");
        long group = ses_prototxt_integer(text, p, "group", 1, 1, 9999);
        long k = ses_prototxt_integer(text, p, "kernel_size", 1, 1, 9);
        bool bias = ses_prototxt_flag(text, p, "bias_term", true);
        out = ses_prototxt_integer(text, p, "num_output", 1, 1, 9999);
        struct zeros blobs[] = { zeros(out, in / group, k, k),
                                 zeros(out, 0, 0, 0) };
        put_layer(w, name, blobs, 1 + bias);
    } else if (!strcmp(type, "InnerProduct")) {
        struct zeros blobs[] = { zeros(1000, in, 0, 0), zeros(1000, 0, 0, 0) };
        put_layer(w, name, blobs, 2);
    } else if (!strcmp(type, "BatchNorm")) {
        struct zeros blobs[] = { zeros(in, 0, 0, 0), zeros(in, 0, 0, 0),
                                 zeros(1, 0, 0, 0) };
        put_layer(w, name, blobs, 3);
    } else if (!strcmp(type, "Scale") &&
               ses_prototxt_count(text, at, "bottom") == 1) {
        struct zeros blobs[] = { zeros(in, 0, 0, 0), zeros(in, 0, 0, 0) };
        put_layer(w, name, blobs, 2);
    } else if (!strcmp(type, "Axpy")) {
        out = in;
    } else if (!strcmp(type, "Concat")) {
        while ((bottom = ses_prototxt_next(text, at, "bottom", bottom)))
            out += *channels_of(w, text->fields[bottom].text);
    }
    *channels_of(w, text->fields[top].text) = out;
}

/* A caffemodel for a prototxt; removed by the caller. */
static char *write_zeros(const char *prototxt)
{
    struct ses_error err = { 0 };
    struct ses_prototxt *text;
    size_t at = 0;
    struct writer *w = calloc(1, sizeof *w);
    assert_non_null(w);
    OK(ses_prototxt_read(prototxt, strlen(prototxt), &text, &err));
    char *path = ses_format("%s/sescope-zeros-XXXXXX",
                            getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(path);
    w->fd = mkstemp(path);
    assert_true(w->fd >= 0);
    static const uint8_t name[] = { 1 << 3 | 2, 1, 'z' };
    put(w, name, sizeof name);
    while ((at = ses_prototxt_next(text, SES_PROTOTXT_ROOT, "layer", at)))
        write_layer(w, text, at);
    assert_int_equal(text->status, SES_OK);
    assert_int_equal(ftruncate(w->fd, w->at), 0);
    close(w->fd);
    free(w);
    ses_prototxt_free(text);
    return path;
}

/* ---- the seven ----------------------------------------------------------- */

struct network {
    const char *file, *arch;
    size_t blocks;
    const char *first, *first_source, *last, *last_source;
    double millions; /* of parameters */
};

static const struct network networks[] = {
    { "SE-ResNet-50", "SE-ResNet-50 (Caffe)", 16, "SE_2_1", "conv2_1",
      "SE_5_3", "conv5_3", 28.09 },
    { "SE-ResNet-101", "SE-ResNet-101 (Caffe)", 33, "SE_2_1", "conv2_1",
      "SE_5_3", "conv5_3", 49.33 },
    { "SE-ResNet-152", "SE-ResNet-152 (Caffe)", 50, "SE_2_1", "conv2_1",
      "SE_5_3", "conv5_3", 66.82 },
    { "SE-ResNeXt-50", "SE-ResNeXt-50 (32 x 4d) (Caffe)", 16, "SE_2_1",
      "conv2_1", "SE_5_3", "conv5_3", 27.56 },
    { "SE-ResNeXt-101", "SE-ResNeXt-101 (32 x 4d) (Caffe)", 33, "SE_2_1",
      "conv2_1", "SE_5_3", "conv5_3", 48.96 },
    { "SENet-154", "SENet (Caffe)", 50, "SE_2_1", "conv2_1", "SE_5_3",
      "conv5_3", 115.09 },
    { "SE-BN-Inception", "SE-BN-Inception (Caffe)", 10, "inception_3a_scale",
      "inception_3a_scale", "inception_5b_scale", "inception_5b_scale",
      11.93 },
};

static void the_authors_network_opens(void **test)
{
    const struct network *net = *test;
    char name[128];
    snprintf(name, sizeof name, "data/senet-caffe/%s.prototxt", net->file);
    char *text = read_file(real_file(name), NULL);
    char *weights = write_zeros(text);
    struct ses_model *model = caffe_open(text, weights);
    assert_string_equal(model->arch, net->arch);
    assert_int_equal(model->blocks.count, net->blocks);
    const struct ses_block *first = &model->blocks.items[0];
    const struct ses_block *last = &model->blocks.items[net->blocks - 1];
    assert_string_equal(first->name, net->first);
    assert_string_equal(first->source, net->first_source);
    assert_string_equal(last->name, net->last);
    assert_string_equal(last->source, net->last_source);
    assert_int_equal(model->outputs, 1000);
    assert_string_equal(model->labels, "imagenet-devkit");
    assert_contains(model->notes, "goldfish is 449");
    assert_string_equal(model->preprocess.name, "caffe");
    assert_true(ses_preprocess_is_preset(&model->preprocess));
    assert_float_equal((double)model->parameters / 1e6, net->millions, 0.005);
    ses_model_free(model);
    unlink(weights);
    free(weights);
}

/* Without its first block, or under another name, it is somebody else's. */
static void another_network_is_sorted(void **test)
{
    char *text = read_file(
        real_file("data/senet-caffe/SE-ResNet-50.prototxt"), NULL);
    text = caffe_edit(text, "SE-ResNet-50", "Bird-Net");
    char *weights = write_zeros(text);
    struct ses_model *model = caffe_open(text, weights);
    assert_string_equal(model->labels, "imagenet");
    assert_contains(model->notes, "say --labels imagenet-devkit");
    ses_model_free(model);
    unlink(weights);
    free(weights);
}

/* ---- a third party's ----------------------------------------------------- */

#define REAL "models/minivision_Widerface-RetinaFace_"

static void a_real_caffemodel_agrees_with_opencv(void **test)
{
    char *text = read_file(real_file(REAL "deploy.prototxt"), NULL);
    char *weights =
        ses_format("%s", real_file(REAL "noSE.caffemodel"));
    char *end = strstr(text, "layer {\n  name: \"conv_transpose1\"");
    assert_non_null(end);
    *end = '\0';
    text = caffe_edit_all(text, "input_dim: 640", "input_dim: 96");
    char *cut = ses_format("%slayer { name: \"flat\" type: \"Flatten\" "
                           "bottom: \"relu_blob30\" top: \"flat\" }\n",
                           text);
    assert_non_null(cut);
    free(text);
    struct ses_model *model = caffe_open(cut, weights);
    assert_int_equal(model->blocks.count, 0);
    assert_contains(model->notes, "weights without a layer are not used: "
                                  "'conv_transpose1'");
    assert_contains(model->notes, "of 3 outputs 'flat' is used");
    caffe_compare(model, "real.txt", "retinaface");
    ses_model_free(model);
    free(weights);
}

static void its_first_foreign_layer_is_named(void **test)
{
    char *text = read_file(real_file(REAL "deploy.prototxt"), NULL);
    char *weights =
        ses_format("%s", real_file(REAL "noSE.caffemodel"));
    caffe_refuse(text, weights, SES_EUNSUPPORTED,
                 "layer 'conv_transpose1' (line 1297): layers of type "
                 "'Deconvolution' are not supported");
    free(weights);
}

#define SEVENTH(i) \
    { "the_authors_network_opens", the_authors_network_opens, NULL, NULL, \
      (void *)(uintptr_t)&networks[i] }

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEVENTH(0),
        SEVENTH(1),
        SEVENTH(2),
        SEVENTH(3),
        SEVENTH(4),
        SEVENTH(5),
        SEVENTH(6),
        cmocka_unit_test(another_network_is_sorted),
        cmocka_unit_test(a_real_caffemodel_agrees_with_opencv),
        cmocka_unit_test(its_first_foreign_layer_is_named),
    };
    return cmocka_run_group_tests(tests, caffe_make_folder,
                                  caffe_remove_folder);
}
