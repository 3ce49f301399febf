/* What builders read a configuration with. See layer.h. */
#include "core/import/keras/layer.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/import/keras/config.h"
#include "core/import/keras/scope.h"

struct ses_view ses_keras_fail(const struct ses_keras_layer *layer,
                               enum ses_status status, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return ses_view_fail(layer->graph, layer->name, status, "%s", text);
}

/* The value of a key, or NULL when it is absent or null. */
static json_t *find(const struct ses_keras_layer *layer, const char *key)
{
    json_t *value = json_object_get(layer->config, key);
    return json_is_null(value) ? NULL : value;
}

bool ses_keras_flag(const struct ses_keras_layer *layer, const char *key,
                    bool fallback)
{
    const json_t *value = find(layer, key);
    return value ? json_is_true(value) : fallback;
}

static bool fail_key(const struct ses_keras_layer *layer, const char *key,
                     const char *expected)
{
    char *text = json_dumps(json_object_get(layer->config, key),
                            JSON_ENCODE_ANY | JSON_COMPACT);
    ses_keras_fail(layer, SES_EFORMAT, "%s is %.100s, expected %s", key,
                   text ? text : "unreadable", expected);
    free(text);
    return false;
}

/* A whole number, which Keras may have written as 2.0. */
static bool as_int(const json_t *value, int low, int high, int *out)
{
    if (!json_is_number(value))
        return false;
    double number = json_number_value(value);
    if (!(number >= low && number <= high) || number != floor(number))
        return false;
    *out = (int)number;
    return true;
}

bool ses_keras_int(const struct ses_keras_layer *layer, const char *key,
                   int fallback, int low, int high, int *out)
{
    const json_t *value = find(layer, key);
    *out = fallback;
    if (!value || as_int(value, low, high, out))
        return true;
    char expected[64];
    snprintf(expected, sizeof expected, "a whole number of %d to %d", low,
             high);
    return fail_key(layer, key, expected);
}

bool ses_keras_number(const struct ses_keras_layer *layer, const char *key,
                      double fallback, double *out)
{
    const json_t *value = find(layer, key);
    *out = fallback;
    /* Keras 2 has numpy's numbers as objects */
    if (json_is_object(value))
        value = json_object_get(value, "value");
    if (!value)
        return true;
    *out = json_number_value(value);
    return (json_is_number(value) && fabs(*out) <= 3e38) ||
           fail_key(layer, key, "a number");
}

bool ses_keras_ints(const struct ses_keras_layer *layer, const char *key,
                    int n, int fallback, int low, int *out)
{
    const json_t *value = find(layer, key);
    bool fits = true;
    for (int i = 0; i < n; i++)
        out[i] = fallback;
    if (!value)
        return true;
    if (json_is_array(value))
        fits = json_array_size(value) == (size_t)n;
    for (int i = 0; i < n && fits; i++)
        fits = as_int(json_is_array(value) ? json_array_get(value, (size_t)i)
                                           : value,
                      low, 1 << 20, &out[i]);
    char expected[64];
    snprintf(expected, sizeof expected, "%d whole number%s of at least %d", n,
             n > 1 ? "s" : "", low);
    return fits || fail_key(layer, key, expected);
}

const char *ses_keras_text(const struct ses_keras_layer *layer,
                           const char *key, const char *fallback)
{
    return ses_keras_config_text(layer->config, key, fallback);
}

enum ses_layout ses_keras_layout(const struct ses_keras_layer *layer)
{
    const char *format = ses_keras_text(layer, "data_format", "");
    if (strcmp(format, "channels_first") == 0)
        return SES_CHANNELS_FIRST;
    if (strcmp(format, "channels_last") == 0)
        return SES_CHANNELS_LAST;
    return layer->keras->layout;
}

bool ses_keras_axis(const struct ses_keras_layer *layer, const json_t *value,
                    int fallback, int rank, int *out)
{
    int axis = fallback;
    if (json_is_array(value) && json_array_size(value) == 1)
        value = json_array_get(value, 0);
    bool fits = !value || json_is_null(value) ||
                as_int(value, -rank, rank - 1, &axis);
    *out = axis < 0 ? axis + rank : axis;
    if (fits && *out > 0 && *out < rank)
        return true;
    ses_keras_fail(layer, SES_EUNSUPPORTED,
                   "an axis of its input of %d axes was expected, but for the "
                   "batch's",
                   rank);
    return false;
}

/* ---- constants ----------------------------------------------------------- */

/* Sizes by the first of each list. */
static bool shape_of(const json_t *value, int *rank, size_t *shape)
{
    for (*rank = 0; json_is_array(value); value = json_array_get(value, 0)) {
        if (*rank == SES_MAX_RANK || json_array_size(value) == 0)
            return false;
        shape[(*rank)++] = json_array_size(value);
    }
    return true;
}

static bool fill(const json_t *value, int rank, const size_t *shape,
                 float **next)
{
    if (rank == 0) {
        if (!json_is_number(value))
            return false;
        *(*next)++ = (float)json_number_value(value);
        return true;
    }
    bool fits = json_array_size(value) == shape[0];
    for (size_t i = 0; i < shape[0] && fits; i++)
        fits = fill(json_array_get(value, i), rank - 1, shape + 1, next);
    return fits;
}

struct ses_tensor *ses_keras_constant(const struct ses_keras_layer *layer,
                                      const json_t *value)
{
    int rank;
    size_t shape[SES_MAX_RANK];
    const char *class_name = ses_keras_config_text(value, "class_name", "");
    /* {"class_name": "__tensor__", "config": {"value": ...}} */
    if (strcmp(class_name, "__tensor__") == 0 ||
        strcmp(class_name, "__numpy__") == 0)
        value = json_object_get(json_object_get(value, "config"), "value");
    if (!shape_of(value, &rank, shape)) {
        ses_keras_fail(layer, SES_EFORMAT, "a constant is no array");
        return NULL;
    }
    /* the product of the first sizes may be more than there is in the text */
    size_t most = 1;
    for (int i = 0; i < rank; i++)
        if (__builtin_mul_overflow(most, shape[i], &most) || most > 1 << 24) {
            ses_keras_fail(layer, SES_EFORMAT, "a constant is too large");
            return NULL;
        }
    struct ses_tensor *tensor = ses_tensor_new(rank, shape);
    float *next = tensor ? tensor->data : NULL;
    if (!tensor) {
        ses_keras_fail(layer, SES_ENOMEM, "no memory for a constant");
    } else if (!fill(value, rank, shape, &next)) {
        ses_keras_fail(layer, SES_EFORMAT, "a constant is no array of numbers");
        ses_tensor_free(tensor);
        tensor = NULL;
    }
    return tensor;
}

/* ---- weights ------------------------------------------------------------- */

bool ses_keras_needs_role(const struct ses_keras_layer *layer,
                          enum ses_keras_role role)
{
    for (int i = 0; i < layer->needs.count; i++)
        if (layer->needs.roles[i] == role)
            return true;
    return false;
}

struct ses_tensor *ses_keras_take(struct ses_keras_layer *layer,
                                  enum ses_keras_role role, int rank,
                                  const size_t *size,
                                  enum ses_keras_order order)
{
    struct ses_keras *keras = layer->keras;
    struct ses_tensor *tensor = NULL;
    for (int i = 0; i < layer->needs.count; i++) {
        if (layer->needs.roles[i] != role ||
            layer->weights[i] == SES_KERAS_NONE)
            continue;
        struct ses_keras_weight *weight =
            &keras->weights.items[layer->weights[i]];
        bool flip = keras->theano && role == SES_KERAS_KERNEL && rank > 2;
        weight->taken = true;
        if (ses_keras_h5_read(&keras->h5, weight->path, rank, size, order,
                              flip, &tensor, keras->err))
            ses_error_context(keras->err, "layer '%s'", layer->name);
    }
    return tensor;
}

/* ---- arguments ----------------------------------------------------------- */

json_t *ses_keras_argument(const struct ses_keras_layer *layer, size_t place,
                           const char *name)
{
    json_t *args = json_object_get(layer->call, "args");
    json_t *named = json_object_get(json_object_get(layer->call, "kwargs"),
                                    name);
    json_t *value = json_array_get(args, place);
    if (!value)
        value = named;
    if (!value) /* what Keras 3 gave an operation when it was made */
        value = json_object_get(layer->config, name);
    return json_is_null(value) ? NULL : value;
}

bool ses_keras_tensor(const struct ses_keras_layer *layer,
                      const json_t *argument, struct ses_view *out)
{
    struct ses_keras_ref ref;
    struct ses_keras_output output;
    return layer->scope && json_is_object(argument) &&
           ses_keras_ref(argument, &ref) &&
           ses_keras_scope_find(layer->scope, &ref, &output) &&
           ses_keras_scope_output(layer->scope, &output, out);
}
