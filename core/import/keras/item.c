/* x[:, 1:, ..., 0]: Python's way to take a part of a tensor, as tf.keras
 * (slice_spec) and Keras 3 (__slice__) keep it. */
#include <string.h>

#include "core/import/keras/config.h"
#include "core/import/keras/operation.h"

/* What is taken along an axis. */
struct part {
    long long first, step, length;
    bool single; /* one index: the axis goes */
};

static bool is_ellipsis(const json_t *item)
{
    return strcmp(ses_keras_config_class(item), "__ellipsis__") == 0;
}

/* A bound of a slice, counted from the end when below 0, within 0..size. */
static bool bound(const json_t *value, long long size, long long fallback,
                  long long *out)
{
    *out = fallback;
    if (!value || json_is_null(value))
        return true;
    if (!json_is_integer(value))
        return false;
    long long at = json_integer_value(value);
    if (at < 0)
        at = at < -size ? 0 : at + size;
    *out = at > size ? size : at;
    return true;
}

static bool read_part(const json_t *item, long long size, struct part *part)
{
    if (json_is_integer(item)) {
        long long at = json_integer_value(item);
        if (at < -size || at >= size)
            return false;
        *part = (struct part){ at < 0 ? at + size : at, 1, 1, true };
        return true;
    }
    const json_t *slice = item;
    if (strcmp(ses_keras_config_class(item), "__slice__") == 0)
        slice = json_object_get(item, "config");
    if (!json_is_object(slice))
        return false;
    const json_t *step = json_object_get(slice, "step");
    long long end;
    *part = (struct part){ .step = 1 };
    if (json_is_integer(step))
        part->step = json_integer_value(step);
    if (part->step < 1 || part->step > size + 1 ||
        !bound(json_object_get(slice, "start"), size, 0, &part->first) ||
        !bound(json_object_get(slice, "stop"), size, size, &end) ||
        end <= part->first)
        return false;
    part->length = (end - part->first + part->step - 1) / part->step;
    return true;
}

static struct ses_view fail(const struct ses_keras_layer *layer)
{
    return ses_keras_fail(layer, SES_EUNSUPPORTED,
                          "the part it takes of its input is not one that is "
                          "known");
}

struct ses_view ses_keras_get_item(struct ses_keras_layer *layer)
{
    json_t *key = ses_keras_argument(layer, 1, "slice_spec"), *item;
    if (!key)
        key = ses_keras_argument(layer, 1, "key");
    if (layer->n_in != 1 || !key)
        return fail(layer);
    struct ses_view x = layer->in[0];
    int size[SES_MAX_RANK], rank = 0, axis = 0, n = (int)json_array_size(key);
    bool single[SES_MAX_RANK] = { false };
    size_t i;
    if (!json_is_array(key) || n > SES_MAX_RANK)
        return fail(layer);
    json_array_foreach (key, i, item) {
        struct part part;
        if (is_ellipsis(item)) {
            axis += x.rank - (n - 1);
            continue;
        }
        if (axis < 0 || axis >= x.rank ||
            !read_part(item, axis ? x.size[axis] : 1 << 30, &part))
            return fail(layer);
        if (axis == 0 && (part.first || part.step != 1 ||
                          part.length != 1 << 30))
            return fail(layer); /* images of the batch */
        if (axis)
            x = ses_view_slice(layer->graph, layer->name, &x, axis,
                               (int)part.first, (int)part.step,
                               (int)part.length);
        if (x.value < 0)
            return x;
        single[axis++] = part.single;
    }
    for (int k = 0; k < x.rank; k++)
        if (!single[k])
            size[rank++] = x.size[k];
    return ses_view_reshape(layer->graph, layer->name, &x, rank, size);
}
