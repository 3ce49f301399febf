/* Reading a configuration. See config.h. */
#include "core/import/keras/config.h"

#include <ctype.h>
#include <string.h>

enum { DEEPEST = 16 };

const char *ses_keras_config_text(const json_t *object, const char *key,
                                  const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : fallback;
}

const char *ses_keras_config_class(const json_t *layer)
{
    return ses_keras_config_text(layer, "class_name", "");
}

const char *ses_keras_config_name(const json_t *layer)
{
    const char *own = ses_keras_config_text(layer, "name", NULL);
    return own ? own
               : ses_keras_config_text(json_object_get(layer, "config"),
                                       "name", "");
}

bool ses_keras_config_is_model(const char *class_name)
{
    return strcmp(class_name, "Functional") == 0 ||
           strcmp(class_name, "Model") == 0 ||
           strcmp(class_name, "Sequential") == 0;
}

bool ses_keras_config_is_sequential(const json_t *model)
{
    return strcmp(ses_keras_config_class(model), "Sequential") == 0;
}

bool ses_keras_config_trainable(const json_t *layer)
{
    const json_t *config = json_object_get(layer, "config");
    return !json_is_false(json_object_get(config, "trainable"));
}

json_t *ses_keras_config_layers(const json_t *model)
{
    json_t *config = json_object_get(model, "config");
    return json_is_array(config) ? config : json_object_get(config, "layers");
}

/* Python's tuples, which tf.keras writes as objects, made lists like any. */
static json_t *without_tuples(json_t *value)
{
    const char *class_name = ses_keras_config_class(value), *key;
    json_t *items = json_object_get(value, "items"), *item;
    size_t i;
    if (json_is_array(items) && (strcmp(class_name, "__tuple__") == 0 ||
                                 strcmp(class_name, "TensorShape") == 0))
        value = items;
    if (json_is_array(value))
        json_array_foreach (value, i, item) {
            json_t *plain = without_tuples(item);
            if (plain != item)
                json_array_set(value, i, plain);
        }
    else if (json_is_object(value))
        json_object_foreach (value, key, item) {
            json_t *plain = without_tuples(item);
            if (plain != item)
                json_object_set(value, key, plain);
        }
    return value;
}

enum ses_status ses_keras_config_parse(const char *text, size_t length,
                                       json_t **out, struct ses_error *err)
{
    json_error_t error;
    *out = json_loadb(text, length, 0, &error);
    if (!*out)
        return ses_fail(err, SES_EFORMAT,
                        "its configuration is no JSON: line %d: %s",
                        error.line, error.text);
    if (!json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return ses_fail(err, SES_EFORMAT,
                        "its configuration is no JSON object");
    }
    without_tuples(*out);
    ses_keras_config_modernise(*out, 0);
    return SES_OK;
}

/* ---- Keras 1 ------------------------------------------------------------- */

static void rename_key(json_t *config, const char *from, const char *to)
{
    json_t *value = json_object_get(config, from);
    if (!value || json_object_get(config, to))
        return;
    json_object_set(config, to, value);
    json_object_del(config, from);
}

/* Two numbers in one pair. */
static void join(json_t *config, const char *first, const char *second,
                 const char *pair)
{
    json_t *a = json_object_get(config, first);
    json_t *b = json_object_get(config, second);
    if (a && b && !json_object_get(config, pair))
        json_object_set_new(config, pair, json_pack("[O, O]", a, b));
}

static void rename_class(json_t *layer)
{
    static const char *const classes[][2] = {
        { "Convolution1D", "Conv1D" },
        { "Convolution2D", "Conv2D" },
        { "AtrousConvolution2D", "Conv2D" },
        { "SeparableConvolution2D", "SeparableConv2D" },
    };
    static const char *const merges[][2] = {
        { "mul", "Multiply" },      { "sum", "Add" },
        { "ave", "Average" },       { "max", "Maximum" },
        { "concat", "Concatenate" },
    };
    const char *now = ses_keras_config_class(layer);
    const char *mode = ses_keras_config_text(json_object_get(layer, "config"),
                                             "mode", "");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(now, classes[i][0]) == 0) {
            json_object_set_new(layer, "class_name",
                                json_string(classes[i][1]));
            return;
        }
    if (strcmp(now, "Merge") != 0)
        return;
    for (size_t i = 0; i < sizeof merges / sizeof *merges; i++)
        if (strcmp(mode, merges[i][0]) == 0) {
            json_object_set_new(layer, "class_name",
                                json_string(merges[i][1]));
            return;
        }
}

static void modernise_layer(json_t *layer)
{
    static const char *const keys[][2] = {
        { "nb_filter", "filters" },      { "output_dim", "units" },
        { "subsample", "strides" },      { "border_mode", "padding" },
        { "bias", "use_bias" },          { "atrous_rate", "dilation_rate" },
        { "concat_axis", "axis" },       { "filter_length", "kernel_size" },
        { "subsample_length", "strides" },
    };
    json_t *config = json_object_get(layer, "config");
    rename_class(layer);
    if (!json_is_object(config))
        return;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        rename_key(config, keys[i][0], keys[i][1]);
    join(config, "nb_row", "nb_col", "kernel_size");
    const char *order = ses_keras_config_text(config, "dim_ordering", NULL);
    if (order && !json_object_get(config, "data_format"))
        json_object_set_new(config, "data_format",
                            json_string(strcmp(order, "th") == 0
                                            ? "channels_first"
                                            : "channels_last"));
}

void ses_keras_config_modernise(json_t *model, int depth)
{
    json_t *layers = ses_keras_config_layers(model), *layer;
    size_t i;
    json_array_foreach (layers, i, layer) {
        if (!ses_keras_config_is_model(ses_keras_config_class(layer)))
            modernise_layer(layer);
        else if (depth < DEEPEST)
            ses_keras_config_modernise(layer, depth + 1);
    }
}

/* ---- names --------------------------------------------------------------- */

/* Keras's two rules: a capital with small letters behind it begins a word, and
 * so does a capital behind a small letter. */
void ses_keras_snake_case(const char *class_name, char *out, size_t size)
{
    size_t n = 0;
    for (const char *c = class_name; *c && n + 2 < size; c++) {
        if (!isalnum((unsigned char)*c) && *c != '_')
            continue;
        bool capital = isupper((unsigned char)*c);
        bool word = capital && c > class_name &&
                    (islower((unsigned char)c[1]) ||
                     islower((unsigned char)c[-1]));
        if (word && n && out[n - 1] != '_')
            out[n++] = '_';
        out[n++] = (char)tolower((unsigned char)*c);
    }
    out[n] = '\0';
}
