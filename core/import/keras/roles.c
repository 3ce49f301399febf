/* What the weights of each class of layers are, and how their names say it.
 * See weights.h. */
#include <string.h>

#include "core/import/keras/weights.h"

static const char *const names[SES_KERAS_ROLE_COUNT] = {
#define X(NAME, text) [SES_KERAS_##NAME] = text,
    SES_KERAS_ROLES(X)
#undef X
};

const char *ses_keras_role_name(enum ses_keras_role role)
{
    return names[role];
}

static bool is_on(const json_t *config, const char *key)
{
    const json_t *value = json_object_get(config, key);
    return !json_is_false(value);
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static void need(struct ses_keras_needs *needs, enum ses_keras_role role,
                 bool wanted)
{
    if (wanted)
        needs->roles[needs->count++] = role;
}

struct ses_keras_needs ses_keras_needs(const char *class_name,
                                       const json_t *config)
{
    static const char *const kernel[] = { "Conv1D", "Conv2D", "Dense", NULL };
    static const char *const separable[] = { "SeparableConv1D",
                                             "SeparableConv2D", NULL };
    static const char *const depthwise[] = { "DepthwiseConv1D",
                                             "DepthwiseConv2D", NULL };
    struct ses_keras_needs needs = { .count = 0 };
    bool bias = is_on(config, "use_bias");
    if (is_one_of(class_name, kernel)) {
        need(&needs, SES_KERAS_KERNEL, true);
        need(&needs, SES_KERAS_BIAS, bias);
    } else if (is_one_of(class_name, depthwise)) {
        need(&needs, SES_KERAS_DEPTHWISE_KERNEL, true);
        need(&needs, SES_KERAS_BIAS, bias);
    } else if (is_one_of(class_name, separable)) {
        need(&needs, SES_KERAS_DEPTHWISE_KERNEL, true);
        need(&needs, SES_KERAS_POINTWISE_KERNEL, true);
        need(&needs, SES_KERAS_BIAS, bias);
    } else if (strcmp(class_name, "BatchNormalization") == 0) {
        need(&needs, SES_KERAS_GAMMA, is_on(config, "scale"));
        need(&needs, SES_KERAS_BETA, is_on(config, "center"));
        need(&needs, SES_KERAS_MOVING_MEAN, true);
        need(&needs, SES_KERAS_MOVING_VARIANCE, true);
    } else if (strcmp(class_name, "PReLU") == 0) {
        need(&needs, SES_KERAS_ALPHA, true);
    } else if (strcmp(class_name, "Normalization") == 0) {
        const json_t *mean = json_object_get(config, "mean");
        bool own = !mean || json_is_null(mean);
        need(&needs, SES_KERAS_MEAN, own);
        need(&needs, SES_KERAS_VARIANCE, own);
        need(&needs, SES_KERAS_COUNT, own);
    }
    return needs;
}

/* `word` at the end of text[length], by itself or behind '_' or '/'. */
static bool ends_in(const char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    return length >= n && memcmp(text + length - n, word, n) == 0 &&
           (length == n || text[length - n - 1] == '/' ||
            text[length - n - 1] == '_');
}

/* Keras 1 has names of its own, "conv_1_W". Longer names come first, as some
 * end in others. */
static const struct {
    const char *name;
    enum ses_keras_role role;
} endings[] = {
    { "depthwise_kernel", SES_KERAS_DEPTHWISE_KERNEL },
    { "pointwise_kernel", SES_KERAS_POINTWISE_KERNEL },
    { "moving_mean", SES_KERAS_MOVING_MEAN },
    { "running_mean", SES_KERAS_MOVING_MEAN },
    { "moving_variance", SES_KERAS_MOVING_VARIANCE },
    { "running_std", SES_KERAS_MOVING_VARIANCE }, /* holds the variance */
    { "kernel", SES_KERAS_KERNEL },
    { "bias", SES_KERAS_BIAS },
    { "gamma", SES_KERAS_GAMMA },
    { "beta", SES_KERAS_BETA },
    { "alphas", SES_KERAS_ALPHA },
    { "alpha", SES_KERAS_ALPHA },
    { "mean", SES_KERAS_MEAN },
    { "variance", SES_KERAS_VARIANCE },
    { "count", SES_KERAS_COUNT },
    { "W", SES_KERAS_KERNEL },
    { "b", SES_KERAS_BIAS },
};

enum ses_keras_role ses_keras_role_of(const char *name, size_t *layer_length)
{
    size_t length = strcspn(name, ":");
    if (length && name[length] == ':' && strchr(name + length + 1, ':'))
        length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_in(name, length, endings[i].name)) {
            size_t before = length - strlen(endings[i].name);
            *layer_length = before ? before - 1 : 0;
            return endings[i].role;
        }
    const char *slash = memrchr(name, '/', length);
    *layer_length = slash ? (size_t)(slash - name) : 0;
    return SES_KERAS_ROLE_COUNT;
}
