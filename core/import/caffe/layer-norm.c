/* Caffe's normalisations: batch norm, and the scale and bias it is parted
 * from. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/import/caffe/net.h"

/* ---- batch norm ---------------------------------------------------------- */

/* Blobs of BVLC's Caffe: sums of mean and variance, and what divides them. Of
 * NVIDIA's: mean, variance, one that is not used, gamma, beta. */
enum { MEAN, VARIANCE, FACTOR, GAMMA, BETA };
enum { BVLC = FACTOR + 1, NVIDIA = BETA + 1 };

struct statistics {
    struct ses_tensor *blobs[NVIDIA];
};

static void release(struct statistics *s)
{
    for (int i = 0; i < NVIDIA; i++)
        ses_tensor_free(s->blobs[i]);
}

static bool take_statistics(struct ses_caffe_net *net,
                            const struct ses_caffe_layer *layer,
                            int channels, struct statistics *s)
{
    static const char *const what[] = { "mean", "variance", "scale factor",
                                        "gamma", "beta" };
    int count = layer->weights->n_blobs;
    if (count != BVLC && count != NVIDIA) {
        (void)ses_caffe_fail(net, layer, SES_ESHAPE,
                             "its weights are %d blob%s, expected 3 (mean, "
                             "variance, scale factor) or 5 (NVIDIA's: mean, "
                             "variance, unused, gamma, beta)",
                             count, count == 1 ? "" : "s");
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (i == FACTOR && count == NVIDIA)
            continue;
        struct ses_caffe_shape shape = {
            1, { i == FACTOR ? 1 : (size_t)channels }
        };
        s->blobs[i] = ses_caffe_take(net, layer, i, what[i], &shape);
        if (!s->blobs[i])
            return false;
    }
    return true;
}

static bool all_zero(const struct ses_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        if (tensor->data[i] != 0)
            return false;
    return true;
}

/* NVIDIA's Caffe writes the statistics themselves, and a factor of 0, of which
 * BVLC's would make zeros. */
static void divide(struct ses_caffe_net *net,
                   const struct ses_caffe_layer *layer, struct statistics *s)
{
    if (!s->blobs[FACTOR])
        return;
    float factor = s->blobs[FACTOR]->data[0];
    if (factor == 0) {
        if (!all_zero(s->blobs[MEAN]) || !all_zero(s->blobs[VARIANCE]))
            ses_caffe_note(net,
                           "batch norm '%s' has a scale factor of 0: its "
                           "mean and variance are used undivided, as NVIDIA's "
                           "Caffe means them",
                           layer->name);
        return;
    }
    for (int i = MEAN; i <= VARIANCE; i++)
        for (size_t j = 0; j < s->blobs[i]->count; j++)
            s->blobs[i]->data[j] /= factor;
}

void ses_caffe_batch_norm(struct ses_caffe_net *net,
                          const struct ses_caffe_layer *layer,
                          const struct ses_caffe_value *x,
                          struct ses_caffe_value *y)
{
    struct statistics s = { { NULL } };
    float epsilon = (float)ses_prototxt_number(net->text, layer->param, "eps",
                                               1e-5);
    if (!ses_caffe_failed(net) && epsilon < 0)
        *y = ses_caffe_fail(net, layer, SES_EFORMAT,
                            "eps is %g, expected 0 or more",
                            (double)epsilon);
    else if (!ses_caffe_failed(net) && x->view.rank < 2)
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "an input without channels");
    else if (!ses_caffe_failed(net) &&
             take_statistics(net, layer, x->view.size[1], &s)) {
        divide(net, layer, &s);
        int map = ses_graph_batch_norm(
            net->graph, layer->name, ses_caffe_map(net, layer, x),
            s.blobs[GAMMA], s.blobs[BETA], s.blobs[MEAN], s.blobs[VARIANCE],
            (double)epsilon);
        ses_tensor_free(s.blobs[FACTOR]);
        *y = ses_caffe_of(net, map, x->view.rank);
        return;
    }
    release(&s);
}

/* ---- scale and bias ------------------------------------------------------ */

/* Axes [axis, axis + n) of x, as learnt numbers have them. */
static bool read_span(struct ses_caffe_net *net,
                      const struct ses_caffe_layer *layer,
                      const struct ses_caffe_value *x, int *axis, int *n)
{
    *axis = ses_caffe_axis(net, layer, "axis", x, 1);
    *n = (int)ses_prototxt_integer(net->text, layer->param, "num_axes", 1, -1,
                                   SES_MAX_RANK);
    if (ses_caffe_failed(net))
        return false;
    if (*n < 0)
        *n = x->view.rank - *axis;
    if (!x->without_images && *axis >= (*n ? 1 : 0) &&
        *axis + *n <= x->view.rank)
        return true;
    (void)ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                         "learnt numbers for %d axes from axis %d on, "
                         "expected axes of one image, of which there are %d",
                         *n, *axis, x->view.rank - 1);
    return false;
}

/* x op numbers for the axes; those behind have them in common. */
static struct ses_view apply(struct ses_caffe_net *net,
                             const struct ses_caffe_layer *layer,
                             enum ses_op op, const struct ses_view *x,
                             int axis, struct ses_tensor *numbers)
{
    int behind = x->rank - axis - numbers->rank;
    if (numbers->count > 1)
        for (int i = 0; i < behind; i++)
            numbers->shape[numbers->rank++] = 1;
    return ses_view_with_constant(net->graph, layer->name, op, x, numbers,
                                  false, true);
}

static void scale_learnt(struct ses_caffe_net *net,
                         const struct ses_caffe_layer *layer,
                         const struct ses_caffe_value *x, bool factors,
                         bool offsets, struct ses_caffe_value *y)
{
    int axis, n;
    if (!read_span(net, layer, x, &axis, &n) ||
        !ses_caffe_expect_blobs(net, layer, factors + offsets))
        return;
    struct ses_caffe_shape shape = { .rank = n };
    for (int i = 0; i < n; i++)
        shape.size[i] = (size_t)x->view.size[axis + i];
    struct ses_tensor *factor = NULL, *offset = NULL;
    if (factors &&
        !(factor = ses_caffe_take(net, layer, 0, "factor", &shape)))
        return;
    if (offsets &&
        !(offset = ses_caffe_take(net, layer, factors, "bias", &shape))) {
        ses_tensor_free(factor);
        return;
    }
    if (n == 1) {
        y->view = ses_view_affine(net->graph, layer->name, &x->view, axis,
                                  factor, offset, true);
        return;
    }
    y->view = x->view;
    if (factor)
        y->view = apply(net, layer, SES_OP_MULTIPLY, &y->view, axis, factor);
    if (offset)
        y->view = apply(net, layer, SES_OP_ADD, &y->view, axis, offset);
}

/* x op what another layer made, whose axes are those of x from `axis` on and
 * are repeated for the others. */
static void scale_made(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer, enum ses_op op,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    int axis = ses_caffe_axis(net, layer, "axis", &x[0], 1);
    (void)ses_prototxt_only(net->text, layer->param, "num_axes");
    if (ses_caffe_failed(net))
        return;
    const struct ses_view *map = &x[0].view, *gate = &x[1].view;
    int first = x[1].without_images; /* of the gate's axes that count */
    int n = gate->rank - first;
    bool fits = !x[0].without_images && (axis > 0) == (first > 0) &&
                axis + n <= map->rank;
    for (int i = 0; fits && i < n; i++)
        fits = gate->size[first + i] == map->size[axis + i];
    if (!fits) {
        char text[2][96];
        for (int k = 0; k < 2; k++) {
            size_t shape[SES_MAX_RANK];
            int from = x[k].without_images;
            for (int i = from; i < x[k].view.rank; i++)
                shape[i - from] = (size_t)x[k].view.size[i];
            ses_shape_text(x[k].view.rank - from, shape, text[k],
                           sizeof text[k]);
        }
        *y = ses_caffe_fail(net, layer, SES_ESHAPE,
                            "its second input is %s, expected the axes of "
                            "the first (%s) from axis %d on (for one image)",
                            text[1], text[0], axis);
        return;
    }
    int size[SES_MAX_RANK];
    for (int i = 0; i < map->rank; i++)
        size[i] = i >= axis && i < axis + n ? map->size[i] : 1;
    struct ses_view other =
        ses_view_reshape(net->graph, layer->name, gate, map->rank, size);
    y->view = ses_view_binary(net->graph, layer->name, op, map, &other);
}

void ses_caffe_scale(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     struct ses_caffe_value *y)
{
    bool bias = ses_prototxt_flag(net->text, layer->param, "bias_term", false);
    if (ses_caffe_failed(net))
        return;
    if (layer->n_bottoms == 1)
        scale_learnt(net, layer, x, true, bias, y);
    else if (bias)
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "a scale of two inputs with a bias");
    else
        scale_made(net, layer, SES_OP_MULTIPLY, x, y);
}

void ses_caffe_bias(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer,
                    const struct ses_caffe_value *x,
                    struct ses_caffe_value *y)
{
    if (layer->n_bottoms == 1)
        scale_learnt(net, layer, x, false, true, y);
    else
        scale_made(net, layer, SES_OP_ADD, x, y);
}

/* ---- local response ------------------------------------------------------ */

void ses_caffe_lrn(struct ses_caffe_net *net,
                   const struct ses_caffe_layer *layer,
                   const struct ses_caffe_value *x, struct ses_caffe_value *y)
{
    static const char *const regions[] = { "ACROSS_CHANNELS",
                                           "WITHIN_CHANNEL" };
    struct ses_prototxt *text = net->text;
    size_t param = layer->param;
    int size = (int)ses_prototxt_integer(text, param, "local_size", 5, 1,
                                         INT_MAX / 4);
    double alpha = ses_prototxt_number(text, param, "alpha", 1);
    double beta = ses_prototxt_number(text, param, "beta", 0.75);
    double k = ses_prototxt_number(text, param, "k", 1);
    int region = ses_prototxt_choice(text, param, "norm_region", regions, 2,
                                     0);
    if (ses_caffe_failed(net))
        return;
    if (region || size % 2 == 0) {
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "a norm %s of size %d, expected one across "
                            "channels of an odd size",
                            region ? "within channels" : "across channels",
                            size);
        return;
    }
    int map = ses_graph_lrn(net->graph, layer->name,
                            ses_caffe_map(net, layer, x), size, (float)alpha,
                            (float)beta, (float)k);
    *y = ses_caffe_of(net, map, x->view.rank);
}
