/* Layers that only see their input otherwise, or not even that. */
#include "core/import/keras/layer.h"
#include "core/import/keras/shape.h"

struct ses_view ses_keras_reshape(const struct ses_keras_layer *layer,
                                  const struct ses_view *x,
                                  const json_t *sizes, bool has_batch)
{
    size_t n = json_array_size(sizes), known = 1;
    int size[SES_MAX_RANK] = { 1 }, rank = 1, open = 0;
    if (!json_is_array(sizes) || n + 1 > SES_MAX_RANK + (size_t)has_batch)
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "a shape of up to %d sizes was expected",
                              SES_MAX_RANK - 1);
    for (size_t i = has_batch; i < n; i++, rank++) {
        const json_t *item = json_array_get(sizes, i);
        long long value = json_integer_value(item);
        if (!json_is_integer(item) || value < -1 || value > 1 << 30 ||
            (value == -1 && open))
            return ses_keras_fail(layer, SES_EUNSUPPORTED,
                                  "a size of the shape asked for is no number");
        size[rank] = (int)value;
        if (value == -1)
            open = rank;
        else if (__builtin_mul_overflow(known, (size_t)value, &known))
            known = 0;
    }
    size_t count = ses_view_count(x);
    if (open && known && count % known == 0 && count / known <= 1 << 30)
        size[open] = (int)(count / known);
    return ses_view_reshape(layer->graph, layer->name, x, rank, size);
}

struct ses_view ses_keras_flatten(const struct ses_keras_layer *layer,
                                  const struct ses_view *x)
{
    int size[] = { 1, (int)ses_view_count(x) };
    return ses_view_reshape(layer->graph, layer->name, x, 2, size);
}

struct ses_view ses_keras_build_reshape(struct ses_keras_layer *layer)
{
    return ses_keras_reshape(layer, &layer->in[0],
                             json_object_get(layer->config, "target_shape"),
                             false);
}

struct ses_view ses_keras_build_permute(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    int order[SES_MAX_RANK] = { 0 };
    if (!ses_keras_ints(layer, "dims", in->rank - 1, -1, 1, order + 1))
        return ses_view_failed();
    return ses_view_transpose(layer->graph, layer->name, in, order);
}

/* Channels come last, wherever they stood. */
struct ses_view ses_keras_build_flatten(struct ses_keras_layer *layer)
{
    struct ses_view view = layer->in[0];
    const char *format = ses_keras_text(layer, "data_format", NULL);
    if (format && ses_keras_layout(layer) == SES_CHANNELS_FIRST &&
        view.rank > 2) {
        int order[SES_MAX_RANK] = { 0 };
        for (int i = 1; i < view.rank; i++)
            order[i] = i == view.rank - 1 ? 1 : i + 1;
        view = ses_view_transpose(layer->graph, layer->name, &view, order);
    }
    return view.value < 0 ? view : ses_keras_flatten(layer, &view);
}

struct ses_view ses_keras_build_idle(struct ses_keras_layer *layer)
{
    return layer->in[0];
}
