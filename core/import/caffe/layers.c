/* The layer types that are known, and the layers of a network. See net.h. */
#include <stdio.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/caffe/net.h"

#define FIELDS(name, ...) \
    static const char *const name[] = { __VA_ARGS__, NULL }
FIELDS(nothing, "engine");
FIELDS(filled, "engine", "weight_filler", "bias_filler", "filler",
       "force_nd_im2col");
FIELDS(norm, "engine", "use_global_stats", "moving_average_fraction",
       "scale_bias", "scale_filler", "bias_filler");
FIELDS(dropped, "dropout_ratio", "scale_train");

/* A layer of a type, its parameters' field, its builder, what is true of it. */
#define LAYER(NAME, V1, PARAM, least, most, BUILD, ...) \
    { .name = NAME, .v1 = V1, .param = PARAM, .least_bottoms = least, \
      .most_bottoms = most, .build = BUILD, __VA_ARGS__ }
#define SOURCE(NAME, V1, PARAM) \
    { .name = NAME, .v1 = V1, .param = PARAM, .role = SES_CAFFE_SOURCE }
#define LOSS(NAME, V1) \
    { .name = NAME, .v1 = V1, .role = SES_CAFFE_LOSS, \
      .most_bottoms = SES_CAFFE_MANY }
#define PLAIN(fields) .ignored = fields
#define LEARNS(fields) .learns = true, .ignored = fields
#define ANY_AXES(fields) .without_images = true, .ignored = fields

static const struct ses_caffe_type types[] = {
    SOURCE("Input", NULL, "input_param"),
    SOURCE("Data", "DATA", NULL),
    SOURCE("ImageData", "IMAGE_DATA", NULL),
    SOURCE("MemoryData", "MEMORY_DATA", NULL),
    SOURCE("DummyData", "DUMMY_DATA", NULL),

    LAYER("Convolution", "CONVOLUTION", "convolution_param", 1, 1,
          ses_caffe_convolution, LEARNS(filled)),
    LAYER("DepthwiseConvolution", NULL, "convolution_param", 1, 1,
          ses_caffe_convolution, LEARNS(filled)),
    LAYER("InnerProduct", "INNER_PRODUCT", "inner_product_param", 1, 1,
          ses_caffe_inner_product, LEARNS(filled)),
    LAYER("BatchNorm", NULL, "batch_norm_param", 1, 1, ses_caffe_batch_norm,
          LEARNS(norm)),
    LAYER("Scale", NULL, "scale_param", 1, 2, ses_caffe_scale,
          LEARNS(filled), .without_images = true),
    LAYER("Bias", NULL, "bias_param", 1, 2, ses_caffe_bias, LEARNS(filled),
          .without_images = true),
    LAYER("LRN", "LRN", "lrn_param", 1, 1, ses_caffe_lrn, PLAIN(nothing)),

    LAYER("ReLU", "RELU", "relu_param", 1, 1, ses_caffe_relu,
          ANY_AXES(nothing)),
    LAYER("ReLU6", NULL, "relu6_param", 1, 1, ses_caffe_relu6,
          ANY_AXES(nothing)),
    LAYER("PReLU", NULL, "prelu_param", 1, 1, ses_caffe_prelu, LEARNS(filled)),
    LAYER("Sigmoid", "SIGMOID", "sigmoid_param", 1, 1, ses_caffe_sigmoid,
          ANY_AXES(nothing)),
    LAYER("TanH", "TANH", "tanh_param", 1, 1, ses_caffe_tanh,
          ANY_AXES(nothing)),
    LAYER("ELU", NULL, "elu_param", 1, 1, ses_caffe_elu, ANY_AXES(nothing)),
    LAYER("Power", "POWER", "power_param", 1, 1, ses_caffe_power,
          ANY_AXES(nothing)),
    LAYER("Clip", NULL, "clip_param", 1, 1, ses_caffe_clip, ANY_AXES(nothing)),
    LAYER("Swish", NULL, "swish_param", 1, 1, ses_caffe_swish,
          ANY_AXES(nothing)),
    LAYER("Softmax", "SOFTMAX", "softmax_param", 1, 1, ses_caffe_softmax,
          PLAIN(nothing)),

    LAYER("Pooling", "POOLING", "pooling_param", 1, 1, ses_caffe_pooling,
          PLAIN(nothing)),

    LAYER("Axpy", NULL, NULL, 3, 3, ses_caffe_axpy, PLAIN(NULL)),
    LAYER("Eltwise", "ELTWISE", "eltwise_param", 2, SES_CAFFE_MANY,
          ses_caffe_eltwise, PLAIN(nothing)),
    LAYER("Concat", "CONCAT", "concat_param", 1, SES_CAFFE_MANY,
          ses_caffe_concat, PLAIN(nothing)),
    LAYER("Slice", "SLICE", "slice_param", 1, 1, ses_caffe_slice,
          PLAIN(nothing)),
    LAYER("Split", "SPLIT", NULL, 1, 1, ses_caffe_same, ANY_AXES(NULL)),
    LAYER("Dropout", "DROPOUT", "dropout_param", 1, 1, ses_caffe_same,
          ANY_AXES(dropped)),

    LAYER("Reshape", NULL, "reshape_param", 1, 1, ses_caffe_reshape,
          ANY_AXES(nothing)),
    LAYER("Flatten", "FLATTEN", "flatten_param", 1, 1, ses_caffe_flatten,
          ANY_AXES(nothing)),
    LAYER("Permute", NULL, "permute_param", 1, 1, ses_caffe_permute,
          PLAIN(nothing)),

    LOSS("Accuracy", "ACCURACY"),
    LOSS("ContrastiveLoss", "CONTRASTIVE_LOSS"),
    LOSS("EuclideanLoss", "EUCLIDEAN_LOSS"),
    LOSS("HingeLoss", "HINGE_LOSS"),
    LOSS("InfogainLoss", "INFOGAIN_LOSS"),
    LOSS("MultinomialLogisticLoss", "MULTINOMIAL_LOGISTIC_LOSS"),
    LOSS("SigmoidCrossEntropyLoss", "SIGMOID_CROSS_ENTROPY_LOSS"),
    LOSS("Silence", "SILENCE"),
    LOSS("SoftmaxWithLoss", "SOFTMAX_LOSS"),
};
enum { TYPES = sizeof types / sizeof *types };

/* Caffe's own that are not supported: no misspellings of those that are. */
static const char *const others[] = {
    "AbsVal",   "ArgMax",  "BNLL",      "BatchReindex", "Crop",
    "Deconvolution", "Embed", "Exp",    "Filter",       "HDF5Data",
    "HDF5Output", "Im2col", "LSTM",     "Log",          "MVN",
    "Parameter", "Python",  "RNN",      "Reduction",    "SPP",
    "Threshold", "Tile",    "WindowData",
};

const struct ses_caffe_type *ses_caffe_type(const char *name)
{
    for (int i = 0; i < TYPES; i++)
        if (!strcmp(name, types[i].name) ||
            (types[i].v1 && !strcmp(name, types[i].v1)))
            return &types[i];
    return NULL;
}

void ses_caffe_suggest_type(const char *name, char *out, size_t size)
{
    const char *names[TYPES];
    *out = '\0';
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(name, others[i]))
            return;
    for (int i = 0; i < TYPES; i++)
        names[i] = types[i].name;
    ses_suggest(name, names, TYPES, out, size);
}

/* ---- which layers the test phase has ------------------------------------- */

enum phase { TRAIN, TEST };

static enum phase phase_of(struct ses_prototxt *text, size_t rule,
                           enum phase fallback)
{
    static const char *const names[] = { "TRAIN", "TEST" };
    return (enum phase)ses_prototxt_choice(text, rule, "phase", names, 2,
                                           (int)fallback);
}

/* Whether a rule fits a network in its test phase, at level 0 and of no
 * stage, as Caffe's own command line has it. */
static bool fits(struct ses_prototxt *text, size_t rule)
{
    FIELDS(none, "not_stage");
    bool level =
        ses_prototxt_integer(text, rule, "min_level", 0, INT32_MIN,
                             INT32_MAX) <= 0 &&
        ses_prototxt_integer(text, rule, "max_level", 0, INT32_MIN,
                             INT32_MAX) >= 0;
    bool stage = ses_prototxt_count(text, rule, "stage") == 0;
    bool phase = phase_of(text, rule, TEST) == TEST;
    ses_prototxt_check_used(text, rule, none);
    return phase && level && stage;
}

static bool is_in_test_phase(struct ses_prototxt *text, size_t layer)
{
    bool included = true;
    size_t rule = SES_PROTOTXT_ABSENT;
    while ((rule = ses_prototxt_next(text, layer, "include", rule))) {
        if (fits(text, rule))
            return true;
        included = false;
    }
    while ((rule = ses_prototxt_next(text, layer, "exclude", rule)))
        if (fits(text, rule))
            return false;
    return included;
}

/* ---- their fields -------------------------------------------------------- */

/* `type: "Pooling"`, or the enum's `type: POOLING`. */
static const char *type_name(struct ses_prototxt *text, size_t layer)
{
    size_t at = ses_prototxt_only(text, layer, "type");
    if (at && text->fields[at].kind != SES_PROTOTXT_MESSAGE)
        return text->fields[at].text;
    ses_prototxt_fail(text, at ? at : layer, SES_EFORMAT,
                      "a layer without a type");
    return "";
}

static enum ses_status check_type(struct ses_caffe_net *net,
                                  const struct ses_caffe_layer *layer)
{
    char near[128];
    if (layer->type) {
        int most = layer->type->most_bottoms;
        int least = layer->type->least_bottoms;
        if (layer->n_bottoms < least || layer->n_bottoms > most)
            (void)ses_caffe_fail(net, layer, SES_EFORMAT,
                                 "%d bottoms, expected %d%s", layer->n_bottoms,
                                 least, most > least ? " or more" : "");
        else if (layer->n_tops < 1 && layer->type->role != SES_CAFFE_LOSS)
            (void)ses_caffe_fail(net, layer, SES_EFORMAT,
                                 "no top, expected one");
        else
            return SES_OK;
        return SES_EFORMAT;
    }
    ses_caffe_suggest_type(layer->type_name, near, sizeof near);
    (void)ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                         "layers of type '%s' are not supported%s",
                         layer->type_name, near);
    return SES_EUNSUPPORTED;
}

static enum ses_status add_layer(struct ses_caffe_net *net, size_t at)
{
    FIELDS(ignored, "phase", "loss_weight", "param", "blobs", "propagate_down",
           "blobs_lr", "weight_decay", "blob_share_mode", "*_param");
    struct ses_prototxt *text = net->text;
    struct ses_caffe_layer layer = { .at = at };
    if (text->fields[at].kind != SES_PROTOTXT_MESSAGE) {
        ses_prototxt_fail(text, at, SES_EFORMAT, "a layer without braces");
        return text->status;
    }
    if (ses_prototxt_next(text, at, "layer", 0)) {
        ses_prototxt_fail(text, at, SES_EUNSUPPORTED,
                          "a network for a Caffe of before 2014 (V0); convert "
                          "it with Caffe's upgrade_net_proto_text");
        return text->status;
    }
    bool included = is_in_test_phase(text, at);
    layer.name = ses_prototxt_string(text, at, "name", "");
    layer.type_name = type_name(text, at);
    layer.n_bottoms = ses_prototxt_count(text, at, "bottom");
    layer.n_tops = ses_prototxt_count(text, at, "top");
    layer.type = ses_caffe_type(layer.type_name);
    if (layer.type && layer.type->param)
        layer.param = ses_prototxt_message(text, at, layer.type->param);
    ses_prototxt_check_used(text, at, ignored);
    if (text->status || !included)
        return text->status;
    enum ses_status status = check_type(net, &layer);
    if (status)
        return status;
    struct ses_caffe_layer *layers = ses_grow(
        net->layers, net->n_layers, &net->layers_capacity, sizeof *layers);
    if (!layers)
        return ses_fail_memory(net->err, "the network's layers");
    net->layers = layers;
    layers[net->n_layers++] = layer;
    return SES_OK;
}

enum ses_status ses_caffe_find_layers(struct ses_caffe_net *net)
{
    FIELDS(ignored, "force_backward", "state", "debug_info");
    static const char *const formats[] = { "layer", "layers", "input",
                                           "input_dim", "input_shape" };
    struct ses_prototxt *text = net->text;
    if (ses_prototxt_next(text, SES_PROTOTXT_ROOT, "base_lr", 0))
        return ses_fail(net->err, SES_EFORMAT,
                        "settings of a solver, not a network; its network is "
                        "'%s'",
                        ses_prototxt_string(text, SES_PROTOTXT_ROOT, "net",
                                            "the .prototxt it names"));
    net->name = ses_prototxt_string(text, SES_PROTOTXT_ROOT, "name", "");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        (void)ses_prototxt_count(text, SES_PROTOTXT_ROOT, formats[i]);
    ses_prototxt_check_used(text, SES_PROTOTXT_ROOT, ignored);
    for (int i = 0; i < 2 && !text->status; i++) {
        size_t at = SES_PROTOTXT_ABSENT;
        while ((at = ses_prototxt_next(text, SES_PROTOTXT_ROOT, formats[i],
                                       at))) {
            enum ses_status status = add_layer(net, at);
            if (status)
                return status;
        }
    }
    if (text->status)
        return text->status;
    if (!net->n_layers)
        return ses_fail(net->err, SES_EFORMAT,
                        "it has no layers, expected those of a Caffe network");
    return SES_OK;
}
