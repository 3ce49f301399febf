/* What a model is given: its input's shape, and whether it takes pixels as
 * they are. */
#include <string.h>

#include "core/import/keras/config.h"
#include "core/import/keras/model.h"
#include "core/import/keras/operation.h"

enum { DEEPEST = 16 };

static json_t *find_layer(const json_t *model, const char *name)
{
    json_t *layers = ses_keras_config_layers(model), *layer;
    size_t i;
    json_array_foreach (layers, i, layer)
        if (strcmp(ses_keras_config_name(layer), name) == 0)
            return layer;
    return NULL;
}

/* The input of a functional model: a list of one tensor, or the tensor. */
static enum ses_status find_input(const json_t *model, json_t **layer,
                                  struct ses_error *err)
{
    json_t *inputs = json_object_get(json_object_get(model, "config"),
                                     "input_layers");
    struct ses_keras_ref ref;
    size_t n = 1;
    bool found = ses_keras_ref(inputs, &ref) && json_is_array(inputs);
    if (!found) {
        n = json_is_array(inputs) ? json_array_size(inputs) : 0;
        found = n == 1 && ses_keras_ref(json_array_get(inputs, 0), &ref);
    }
    if (!found)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "it has %zu inputs, expected 1", n);
    *layer = find_layer(model, ref.layer);
    if (!*layer)
        return ses_fail(err, SES_EFORMAT, "its input '%s' is no layer of it",
                        ref.layer);
    return SES_OK;
}

/* A layer's batch_shape (Keras 3), batch_input_shape or input_shape. */
static const json_t *shape_of(const json_t *layer, bool *without_batch)
{
    static const char *const keys[] = { "batch_shape", "batch_input_shape",
                                        "build_input_shape" };
    const json_t *config = json_object_get(layer, "config");
    *without_batch = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *shape = json_object_get(config, keys[i]);
        if (json_is_array(shape))
            return shape;
    }
    *without_batch = true;
    const json_t *shape = json_object_get(config, "input_shape");
    return json_is_array(shape) ? shape : NULL;
}

static enum ses_status read_shape(const json_t *shape, bool without_batch,
                                  int *rank, int *size, struct ses_error *err)
{
    size_t n = json_array_size(shape);
    *rank = 0;
    if (n + without_batch > SES_MAX_RANK || n == 0)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its input has %zu axes, expected 4",
                        n + without_batch);
    if (without_batch)
        size[(*rank)++] = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(shape, i);
        long long value = json_integer_value(item);
        if (!json_is_null(item) &&
            (!json_is_integer(item) || value < 1 || value > 1 << 20))
            return ses_fail(err, SES_EFORMAT,
                            "axis %d of its input has no usable size", *rank);
        size[(*rank)++] = json_is_null(item) ? 0 : (int)value;
    }
    return SES_OK;
}

enum ses_status ses_keras_input_shape(json_t *model, int *rank, int *size,
                                      const char **name, struct ses_error *err)
{
    json_t *layer = model;
    const json_t *shape = NULL;
    bool without_batch = false;
    enum ses_status status = SES_OK;
    *name = "input";
    /* a Sequential may begin with a model, and a model with another */
    for (int depth = 0; depth < DEEPEST && !shape && !status; depth++) {
        shape = shape_of(layer, &without_batch);
        if (shape || !ses_keras_config_is_model(ses_keras_config_class(layer)))
            break;
        if (ses_keras_config_is_sequential(layer))
            layer = json_array_get(ses_keras_config_layers(layer), 0);
        else
            status = find_input(layer, &layer, err);
    }
    if (status)
        return status;
    if (!shape)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "it does not say the shape of its input; build it for "
                        "a shape (model.build, or an Input layer) and save it "
                        "again");
    if (strcmp(ses_keras_config_class(layer), "InputLayer") == 0)
        *name = ses_keras_config_name(layer);
    return read_shape(shape, without_batch, rank, size, err);
}

/* ---- pixels -------------------------------------------------------------- */

struct reader {
    const char *of;
    bool found;
};

static bool see(void *user, const struct ses_keras_ref *ref)
{
    struct reader *reader = user;
    reader->found = reader->found || strcmp(ref->layer, reader->of) == 0;
    return true;
}

/* The first layer of the configuration that reads another's output. */
static json_t *reader_of(const json_t *model, const char *name)
{
    json_t *layers = ses_keras_config_layers(model), *layer, *node;
    size_t i, k;
    json_array_foreach (layers, i, layer) {
        json_t *inbound = json_object_get(layer, "inbound_nodes");
        json_array_foreach (inbound, k, node) {
            struct reader reader = { name, false };
            json_t *call = ses_keras_call(node);
            ses_keras_refs(call, see, &reader);
            json_decref(call);
            if (reader.found)
                return layer;
        }
    }
    return NULL;
}

/* What a layer does to pixels: scales them, leaves them to the next, or
 * something else. */
enum effect { SCALES, LEAVES, USES };

static enum effect effect_of(const json_t *layer)
{
    const char *class_name = ses_keras_config_class(layer);
    char why[SES_KERAS_WHY], name[96];
    if (strcmp(class_name, "Rescaling") == 0 ||
        strcmp(class_name, "Normalization") == 0)
        return SCALES;
    if (strcmp(class_name, "InputLayer") == 0 || ses_keras_is_idle(class_name))
        return LEAVES;
    if (ses_keras_builder(layer, why) != ses_keras_build_operation)
        return USES;
    ses_keras_operation_name(layer, name, sizeof name);
    return strcmp(name, "cast") == 0 || strcmp(name, "getitem") == 0 ||
                   strcmp(name, "get_item") == 0
               ? LEAVES
           : strstr(name, "mul") || strstr(name, "div") || strstr(name, "sub")
               ? SCALES
               : USES;
}

/* The layer behind another, or the first with NULL. */
static json_t *next_layer(const json_t *model, const json_t *layer, size_t at)
{
    struct ses_error unheard = { 0 };
    json_t *first;
    if (ses_keras_config_is_sequential(model))
        return json_array_get(ses_keras_config_layers(model), at);
    if (!layer)
        return find_input(model, &first, &unheard) ? NULL : first;
    return reader_of(model, ses_keras_config_name(layer));
}

static enum effect look(const json_t *model, int depth)
{
    const json_t *layer = next_layer(model, NULL, 0);
    for (size_t at = 1; layer && at < 64; at++) {
        enum effect effect =
            !ses_keras_config_is_model(ses_keras_config_class(layer))
                ? effect_of(layer)
            : depth < DEEPEST ? look(layer, depth + 1)
                              : USES;
        if (effect != LEAVES)
            return effect;
        layer = next_layer(model, layer, at);
    }
    return LEAVES;
}

bool ses_keras_takes_pixels(const json_t *model)
{
    return look(model, 0) == SCALES;
}
