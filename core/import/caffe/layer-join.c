/* Caffe's layers of several inputs or outputs. */
#include <limits.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/caffe/net.h"

static bool same_size(const struct ses_view *a, const struct ses_view *b)
{
    return a->rank == b->rank &&
           !memcmp(a->size, b->size, (size_t)a->rank * sizeof *a->size);
}

/* gate * x + shortcut, a number of the gate for each map of x. */
void ses_caffe_axpy(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer,
                    const struct ses_caffe_value *x, struct ses_caffe_value *y)
{
    const struct ses_view *gate = &x[0].view, *map = &x[1].view;
    bool fits = (gate->rank == 2 || gate->rank == 4) && map->rank == 4 &&
                gate->size[1] == map->size[1] &&
                (gate->rank == 2 || (gate->size[2] == 1 && gate->size[3] == 1));
    if (!fits || !same_size(map, &x[2].view)) {
        *y = ses_caffe_fail(net, layer, SES_ESHAPE,
                            "its bottoms are not a gate, a map of as many "
                            "channels, and a shortcut of the map's size");
        return;
    }
    int size[] = { 1, gate->size[1], 1, 1 };
    struct ses_view wide =
        ses_view_reshape(net->graph, layer->name, gate, 4, size);
    struct ses_view scaled = ses_view_binary(net->graph, layer->name,
                                             SES_OP_MULTIPLY, map, &wide);
    y->view = ses_view_binary(net->graph, layer->name, SES_OP_ADD, &scaled,
                              &x[2].view);
}

/* An input times its coefficient. */
static struct ses_view weighted(struct ses_caffe_net *net,
                                const struct ses_caffe_layer *layer,
                                const struct ses_view *x, double coefficient)
{
    if (coefficient == 1)
        return *x;
    return ses_view_activation(net->graph, layer->name, x, SES_ACT_LINEAR,
                               (float)coefficient, 0);
}

void ses_caffe_eltwise(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    enum { PROD, SUM, MAX };
    static const char *const names[] = { "PROD", "SUM", "MAX" };
    static const enum ses_op ops[] = { SES_OP_MULTIPLY, SES_OP_ADD,
                                       SES_OP_MAXIMUM };
    double coefficients[SES_CAFFE_MANY];
    int kind = ses_prototxt_choice(net->text, layer->param, "operation", names,
                                   3, SUM);
    int n = ses_prototxt_numbers(net->text, layer->param, "coeff",
                                 coefficients, SES_CAFFE_MANY);
    (void)ses_prototxt_flag(net->text, layer->param, "stable_prod_grad", true);
    if (ses_caffe_failed(net))
        return;
    if (n && (n != layer->n_bottoms || kind != SUM)) {
        *y = ses_caffe_fail(net, layer, SES_EFORMAT,
                            "%d coefficients for the %s of %d inputs", n,
                            names[kind], layer->n_bottoms);
        return;
    }
    for (int i = 1; i < layer->n_bottoms; i++)
        if (!same_size(&x[0].view, &x[i].view)) {
            *y = ses_caffe_fail(net, layer, SES_ESHAPE,
                                "inputs of different sizes");
            return;
        }
    struct ses_view sum =
        weighted(net, layer, &x[0].view, n ? coefficients[0] : 1);
    for (int i = 1; i < layer->n_bottoms; i++) {
        enum ses_op op = ops[kind];
        double coefficient = n ? coefficients[i] : 1;
        if (coefficient == -1) {
            op = SES_OP_SUBTRACT;
            coefficient = 1;
        }
        struct ses_view next = weighted(net, layer, &x[i].view, coefficient);
        sum = ses_view_binary(net->graph, layer->name, op, &sum, &next);
    }
    y->view = sum;
}

void ses_caffe_concat(struct ses_caffe_net *net,
                      const struct ses_caffe_layer *layer,
                      const struct ses_caffe_value *x,
                      struct ses_caffe_value *y)
{
    const struct ses_view *views[SES_CAFFE_MANY];
    int old = (int)ses_prototxt_integer(net->text, layer->param, "concat_dim",
                                        1, 0, SES_MAX_RANK);
    int axis = ses_caffe_axis(net, layer, "axis", x, old);
    if (ses_caffe_failed(net))
        return;
    if (axis < 1 || axis >= x->view.rank) {
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "inputs side by side along axis %d of %d", axis,
                            x->view.rank);
        return;
    }
    for (int i = 0; i < layer->n_bottoms; i++)
        views[i] = &x[i].view;
    y->view = ses_view_concat(net->graph, layer->name, views,
                              layer->n_bottoms, axis);
}

/* At the points said, or into parts of the same size. */
void ses_caffe_slice(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     struct ses_caffe_value *y)
{
    long points[SES_CAFFE_MANY + 1];
    int parts = layer->n_tops;
    int old = (int)ses_prototxt_integer(net->text, layer->param, "slice_dim",
                                        1, 0, SES_MAX_RANK);
    int axis = ses_caffe_axis(net, layer, "axis", x, old);
    int n = ses_prototxt_integers(net->text, layer->param, "slice_point", 1,
                                  INT_MAX, points, SES_CAFFE_MANY);
    if (ses_caffe_failed(net))
        return;
    bool sound = axis > 0 && axis < x->view.rank && parts <= SES_CAFFE_MANY &&
                 (n == 0 || n == parts - 1);
    int size = sound ? x->view.size[axis] : 0;
    if (n == 0) {
        sound = sound && size % parts == 0;
        for (int i = 1; sound && i < parts; i++)
            points[i - 1] = (long)i * (size / parts);
    }
    points[sound ? parts - 1 : 0] = size;
    for (int i = 0; sound && i < parts; i++)
        sound = points[i] > (i ? points[i - 1] : 0);
    if (!sound) {
        *y = ses_caffe_fail(net, layer, SES_ESHAPE,
                            "%d parts along axis %d of an input of %d axes, "
                            "which does not divide so",
                            parts, axis, x->view.rank);
        return;
    }
    for (int i = 0; i < parts; i++) {
        int first = i ? (int)points[i - 1] : 0;
        y[i].view = ses_view_slice(net->graph, layer->name, &x->view, axis,
                                   first, 1, (int)points[i] - first);
    }
}
