/* Which builder a layer has. */
#include <string.h>

#include "core/base/text.h"
#include "core/import/keras/config.h"
#include "core/import/keras/layer.h"
#include "core/import/keras/operation.h"

static const struct {
    const char *class_name;
    ses_keras_build *build;
} builders[] = {
    { "Activation", ses_keras_build_activation },
    { "Add", ses_keras_build_merge },
    { "Average", ses_keras_build_average },
    { "AveragePooling1D", ses_keras_build_pool },
    { "AveragePooling2D", ses_keras_build_pool },
    { "BatchNormalization", ses_keras_build_batch_norm },
    { "Concatenate", ses_keras_build_concatenate },
    { "Conv1D", ses_keras_build_conv },
    { "Conv2D", ses_keras_build_conv },
    { "Cropping1D", ses_keras_build_cropping },
    { "Cropping2D", ses_keras_build_cropping },
    { "Dense", ses_keras_build_dense },
    { "DepthwiseConv1D", ses_keras_build_depthwise },
    { "DepthwiseConv2D", ses_keras_build_depthwise },
    { "ELU", ses_keras_build_elu },
    { "Flatten", ses_keras_build_flatten },
    { "GlobalAveragePooling1D", ses_keras_build_global_pool },
    { "GlobalAveragePooling2D", ses_keras_build_global_pool },
    { "GlobalMaxPooling1D", ses_keras_build_global_pool },
    { "GlobalMaxPooling2D", ses_keras_build_global_pool },
    { "LeakyReLU", ses_keras_build_leaky_relu },
    { "MaxPooling1D", ses_keras_build_pool },
    { "MaxPooling2D", ses_keras_build_pool },
    { "Maximum", ses_keras_build_merge },
    { "Minimum", ses_keras_build_minimum },
    { "Multiply", ses_keras_build_merge },
    { "Normalization", ses_keras_build_normalization },
    { "PReLU", ses_keras_build_prelu },
    { "Permute", ses_keras_build_permute },
    { "ReLU", ses_keras_build_relu },
    { "Rescaling", ses_keras_build_rescaling },
    { "Reshape", ses_keras_build_reshape },
    { "SeparableConv1D", ses_keras_build_separable },
    { "SeparableConv2D", ses_keras_build_separable },
    { "Softmax", ses_keras_build_softmax },
    { "Subtract", ses_keras_build_subtract },
    { "ThresholdedReLU", ses_keras_build_thresholded_relu },
    { "UpSampling2D", ses_keras_build_up_sampling },
    { "ZeroPadding1D", ses_keras_build_zero_padding },
    { "ZeroPadding2D", ses_keras_build_zero_padding },
};
enum { BUILDERS = sizeof builders / sizeof *builders };

/* Noise and pictures changed at random are for training. FixedDropout is the
 * one of a widely used EfficientNet. */
static const char *const idle[] = {
    "ActivityRegularization", "AlphaDropout",      "Dropout",
    "FixedDropout",           "GaussianDropout",   "GaussianNoise",
    "RandomBrightness",       "RandomContrast",    "RandomFlip",
    "RandomHeight",           "RandomRotation",    "RandomTranslation",
    "RandomWidth",            "RandomZoom",        "SpatialDropout1D",
    "SpatialDropout2D",
};

static const char *const operations[] = { "SlicingOpLambda", "TFOpLambda",
                                          "TensorFlowOpLayer" };

bool ses_keras_is_idle(const char *class_name)
{
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        if (strcmp(class_name, idle[i]) == 0)
            return true;
    return false;
}

/* The module of Keras 3's operations is not that of its layers. */
static bool is_operation(const json_t *layer, const char *class_name)
{
    const char *module = ses_keras_config_text(layer, "module", "");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(class_name, operations[i]) == 0)
            return true;
    return strstr(module, "keras") && strstr(module, ".ops");
}

/* Someone's own class may have the name of one of Keras. */
static bool is_custom(const json_t *layer)
{
    const char *registered =
        ses_keras_config_text(layer, "registered_name", "");
    const char *class_name = ses_keras_config_class(layer);
    const char *after = strchr(registered, '>');
    return after != NULL || strchr(class_name, '>') != NULL;
}

static ses_keras_build *find(const char *class_name)
{
    for (int i = 0; i < BUILDERS; i++)
        if (strcmp(class_name, builders[i].class_name) == 0)
            return builders[i].build;
    return ses_keras_is_idle(class_name) ? ses_keras_build_idle : NULL;
}

ses_keras_build *ses_keras_builder(const json_t *layer,
                                   char why[SES_KERAS_WHY])
{
    const char *class_name = ses_keras_config_class(layer);
    char operation[96], near[128];
    if (strcmp(class_name, "Lambda") == 0) {
        snprintf(why, SES_KERAS_WHY,
                 "which holds Python code, and no code of a file is run; "
                 "build the network of layers without it, load the weights "
                 "into that (load_weights) and save it");
        return NULL;
    }
    if (is_operation(layer, class_name)) {
        ses_keras_operation_name(layer, operation, sizeof operation);
        if (ses_keras_operation_known(operation))
            return ses_keras_build_operation;
        snprintf(why, SES_KERAS_WHY,
                 "and its operation '%s' is not one that is known", operation);
        return NULL;
    }
    ses_keras_build *build = is_custom(layer) ? NULL : find(class_name);
    if (build)
        return build;
    const char *names[BUILDERS];
    for (int i = 0; i < BUILDERS; i++)
        names[i] = builders[i].class_name;
    ses_suggest(class_name, names, BUILDERS, near, sizeof near);
    snprintf(why, SES_KERAS_WHY,
             "which is not one of the layers that are known%s; if it is a "
             "custom layer, build the network of Keras's own",
             near);
    return NULL;
}
