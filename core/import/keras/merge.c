/* Layers that make one tensor of several. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/keras/layer.h"

/* A view of more axes: those that are missing come behind the batch's. */
static struct ses_view widen(const struct ses_keras_layer *layer,
                             const struct ses_view *x, int rank)
{
    int size[SES_MAX_RANK];
    if (x->rank >= rank)
        return *x;
    for (int i = 0; i < rank; i++) {
        int from = i - (rank - x->rank);
        size[i] = from > 0 ? x->size[from] : 1;
    }
    return ses_view_reshape(layer->graph, layer->name, x, rank, size);
}

struct ses_view ses_keras_binary(const struct ses_keras_layer *layer,
                                 enum ses_op op, const struct ses_view *a,
                                 const struct ses_view *b)
{
    int rank = a->rank > b->rank ? a->rank : b->rank;
    struct ses_view x = widen(layer, a, rank), y = widen(layer, b, rank);
    if (x.value < 0)
        return x;
    return ses_view_binary(layer->graph, layer->name, op, &x, &y);
}

static bool check_inputs(const struct ses_keras_layer *layer, size_t least,
                         size_t most)
{
    if (layer->n_in >= least && layer->n_in <= most)
        return true;
    ses_keras_fail(layer, SES_EFORMAT, "is called with %zu tensors, expected "
                                       "%zu%s",
                   layer->n_in, least, most > least ? " or more" : "");
    return false;
}

static struct ses_view all(const struct ses_keras_layer *layer,
                           enum ses_op op)
{
    struct ses_view view = layer->in[0];
    if (!check_inputs(layer, 2, SIZE_MAX))
        return ses_view_failed();
    for (size_t i = 1; i < layer->n_in && view.value >= 0; i++)
        view = ses_keras_binary(layer, op, &view, &layer->in[i]);
    return view;
}

struct ses_view ses_keras_build_merge(struct ses_keras_layer *layer)
{
    enum ses_op op = strcmp(layer->class_name, "Multiply") == 0
                         ? SES_OP_MULTIPLY
                     : strcmp(layer->class_name, "Maximum") == 0
                         ? SES_OP_MAXIMUM
                         : SES_OP_ADD;
    return all(layer, op);
}

struct ses_view ses_keras_build_subtract(struct ses_keras_layer *layer)
{
    if (!check_inputs(layer, 2, 2))
        return ses_view_failed();
    return all(layer, SES_OP_SUBTRACT);
}

struct ses_view ses_keras_build_average(struct ses_keras_layer *layer)
{
    struct ses_view sum = all(layer, SES_OP_ADD);
    return ses_view_activation(layer->graph, layer->name, &sum, SES_ACT_LINEAR,
                               1 / (float)layer->n_in, 0);
}

/* -max(-a, -b) */
struct ses_view ses_keras_build_minimum(struct ses_keras_layer *layer)
{
    struct ses_view view = ses_view_failed();
    struct ses_view *minus = ses_calloc(layer->n_in, sizeof *minus);
    if (!minus)
        return ses_keras_fail(layer, SES_ENOMEM, "no memory");
    for (size_t i = 0; i < layer->n_in; i++)
        minus[i] = ses_view_activation(layer->graph, layer->name,
                                       &layer->in[i], SES_ACT_LINEAR, -1, 0);
    struct ses_keras_layer inner = *layer;
    inner.in = minus;
    view = all(&inner, SES_OP_MAXIMUM);
    free(minus);
    return ses_view_activation(layer->graph, layer->name, &view,
                               SES_ACT_LINEAR, -1, 0);
}

struct ses_view ses_keras_build_concatenate(struct ses_keras_layer *layer)
{
    int axis;
    if (!check_inputs(layer, 1, 1024) ||
        !ses_keras_axis(layer, json_object_get(layer->config, "axis"), -1,
                        layer->in[0].rank, &axis))
        return ses_view_failed();
    const struct ses_view **in = ses_calloc(layer->n_in, sizeof *in);
    if (!in)
        return ses_keras_fail(layer, SES_ENOMEM, "no memory");
    for (size_t i = 0; i < layer->n_in; i++)
        in[i] = &layer->in[i];
    struct ses_view view = ses_view_concat(layer->graph, layer->name, in,
                                           (int)layer->n_in, axis);
    free(in);
    return view;
}
