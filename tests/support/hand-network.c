/* See hand-network.h. */
#include "tests/support/hand-network.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

#include "core/base/random.h"
#include "tests/support/check.h"
#include "tests/support/tree.h"

/* ---- the network -------------------------------------------------------- */

static const float stem_w[CHANNELS] = { 1, 2, -1, 0.5f };
static const float stem_b[CHANNELS] = { 0, 0.25f, 1, 0.1f };
static const float down_w[REDUCED][CHANNELS] = { { 1, -2, 3, 1 },
                                                 { -1, 1, 0.5f, -2 } };
static const float down_b[REDUCED] = { 0.1f, -0.2f };
static const float up_w[CHANNELS][REDUCED] = {
    { 1, 2 }, { -1, 3 }, { 0.5f, -4 }, { 2, 1 }
};
static const float up_b[CHANNELS] = { -1, 0, 1, -2 };
static const float out_w[CLASSES][CHANNELS] = {
    { 3, -1, 2, 5 }, { -2, 2, 4, 1 }, { 1, 3, -3, -2 }
};
static const float out_b[CLASSES] = { 0.3f, -0.1f, 0 };

static int conv(struct ses_graph *graph, const char *name, int x,
                const float *weight, const float *bias, size_t outputs,
                size_t inputs)
{
    const size_t shape[2] = { outputs, inputs };
    struct ses_tensor *w = ses_tensor_new(2, shape);
    struct ses_tensor *b = ses_tensor_new(1, shape);
    assert_non_null(w);
    assert_non_null(b);
    memcpy(w->data, weight, outputs * inputs * sizeof *weight);
    memcpy(b->data, bias, outputs * sizeof *bias);
    return ses_graph_conv(graph, name, x, ses_window(1, 1, 0), 1, w, b);
}

void make_model(struct ses_model *model)
{
    struct ses_error err = { 0 };
    struct ses_graph *g = ses_graph_new(&err);
    assert_non_null(g);
    int x = ses_graph_input(g, "input", 1);
    int map = conv(g, "stem", x, stem_w, stem_b, CHANNELS, 1);
    int squeeze = ses_graph_unary(g, "squeeze", map, SES_OP_GLOBAL_MEAN);
    int down = conv(g, "down", squeeze, &down_w[0][0], down_b, REDUCED,
                    CHANNELS);
    int bottleneck =
        ses_graph_activation(g, "relu", down, SES_ACT_RELU, 0, 0);
    int up = conv(g, "up", bottleneck, &up_w[0][0], up_b, CHANNELS, REDUCED);
    int gate = ses_graph_activation(g, "gate", up, SES_ACT_SIGMOID, 0, 0);
    int scaled = ses_graph_multiply(g, "scale", map, gate);
    int mean = ses_graph_unary(g, "mean", scaled, SES_OP_GLOBAL_MEAN);
    int logits = conv(g, "fc", mean, &out_w[0][0], out_b, CLASSES, CHANNELS);
    int output = ses_graph_unary(g, "prob", logits, SES_OP_SOFTMAX);
    if (ses_graph_finish(g, output, &err) != SES_OK ||
        ses_graph_infer(g, SIDE, SIDE, &err) != SES_OK ||
        ses_blocks_find(g, &model->blocks, &err) != SES_OK)
        fail_msg("%s", err.message);
    assert_int_equal(model->blocks.count, 1);
    model->graph = g;
    model->outputs = CLASSES;
    model->preprocess = (struct ses_preprocess){
        .input_h = SIDE, .input_w = SIDE, .order = SES_ORDER_GREY,
        .scale = 1.0 / 255, .std = { 1, 1, 1 },
    };
}

static double average(size_t image);

/* Pixels only matter by their mean, as all layers are 1x1. */
struct expected work_out(size_t image, bool open)
{
    struct expected e;
    double m = average(image), sum = 0;
    for (int c = 0; c < CHANNELS; c++)
        e.squeeze[c] = stem_w[c] * m + stem_b[c];
    for (int r = 0; r < REDUCED; r++) {
        e.bottleneck[r] = down_b[r];
        for (int c = 0; c < CHANNELS; c++)
            e.bottleneck[r] += down_w[r][c] * e.squeeze[c];
        e.bottleneck[r] = fmax(e.bottleneck[r], 0);
    }
    for (int c = 0; c < CHANNELS; c++) {
        double t = up_b[c];
        for (int r = 0; r < REDUCED; r++)
            t += up_w[c][r] * e.bottleneck[r];
        e.gate[c] = open ? 1 : 1 / (1 + exp(-t));
    }
    for (int k = 0; k < CLASSES; k++) {
        e.logits[k] = out_b[k];
        for (int c = 0; c < CHANNELS; c++)
            e.logits[k] += out_w[k][c] * e.gate[c] * e.squeeze[c];
        sum += exp(e.logits[k]);
    }
    e.loss = log(sum) - e.logits[image * CLASSES / IMAGES];
    return e;
}

/* ---- the pictures ------------------------------------------------------- */

static void fill(size_t image, uint8_t pixels[SIDE * SIDE])
{
    struct ses_random random;
    ses_random_seed(&random, image);
    uint64_t level = 20 + ses_random_below(&random, 200);
    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = (uint8_t)(level + ses_random_below(&random, 30));
}

static double average(size_t image)
{
    uint8_t pixels[SIDE * SIDE];
    double sum = 0;
    fill(image, pixels);
    for (int i = 0; i < SIDE * SIDE; i++)
        sum += pixels[i];
    return sum / (SIDE * SIDE * 255.0);
}

bool readable(size_t image)
{
    return image != BROKEN && image != LARGE;
}

static void item_name(size_t image, char out[32])
{
    snprintf(out, 32, "%c/%02zu.png", (char)('a' + image * CLASSES / IMAGES),
             image);
}

void make_pictures(const char *root)
{
    for (size_t i = 0; i < IMAGES; i++) {
        uint8_t pixels[2 * SIDE * SIDE] = { 0 }, bytes[4096];
        char name[32];
        png_image image = { .version = PNG_IMAGE_VERSION,
                            .width = SIDE,
                            .height = i == LARGE ? 2 * SIDE : SIDE,
                            .format = PNG_FORMAT_GRAY };
        png_alloc_size_t size = sizeof bytes;
        fill(i, pixels);
        assert_true(png_image_write_to_memory(&image, bytes, &size, 0, pixels,
                                              0, NULL));
        item_name(i, name);
        tree_bytes(root, name, bytes, i == BROKEN ? size / 2 : size);
    }
}
