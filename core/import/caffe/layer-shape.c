/* Caffe's layers that change axes, or nothing. */
#include <limits.h>
#include <string.h>

#include "core/import/caffe/net.h"

void ses_caffe_same(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer,
                    const struct ses_caffe_value *x, struct ses_caffe_value *y)
{
    for (int i = 0; i < layer->n_tops; i++)
        y[i] = *x;
}

/* A blob's axes as Caffe has them, its images among them. */
struct axes {
    int n;
    long size[SES_MAX_RANK + 1];
};

static struct axes axes_of(const struct ses_caffe_net *net,
                           const struct ses_caffe_value *x)
{
    struct axes axes = { 0 };
    if (!x->without_images)
        axes.size[axes.n++] = net->images;
    for (int i = 1; i < x->view.rank; i++)
        axes.size[axes.n++] = x->view.size[i];
    return axes;
}

static long long product(const long *size, int n)
{
    long long all = 1;
    for (int i = 0; i < n; i++)
        if (__builtin_mul_overflow(all, (long long)size[i], &all))
            return -1;
    return all;
}

/* The images' axis stays in front, or is left out for one image. */
static void become(struct ses_caffe_net *net,
                   const struct ses_caffe_layer *layer,
                   const struct ses_caffe_value *x, const struct axes *to,
                   struct ses_caffe_value *y)
{
    struct axes from = axes_of(net, x);
    bool keeps = to->n > 0 && to->size[0] == net->images;
    int size[SES_MAX_RANK] = { 1 }, rank = 1;
    bool sound = to->n + !keeps <= SES_MAX_RANK && (keeps || net->images == 1);
    for (int i = keeps; sound && i < to->n; i++) {
        sound = to->size[i] >= 1 && to->size[i] <= INT_MAX;
        size[rank++] = (int)to->size[i];
    }
    if (!sound || product(from.size, from.n) != product(to->size, to->n)) {
        char text[2][128];
        const struct axes *both[] = { &from, to };
        for (int k = 0; k < 2; k++) {
            size_t shape[SES_MAX_RANK + 1];
            for (int i = 0; i < both[k]->n; i++)
                shape[i] = (size_t)both[k]->size[i];
            ses_shape_text(both[k]->n, shape, text[k], sizeof text[k]);
        }
        *y = ses_caffe_fail(net, layer, SES_ESHAPE,
                            "%s cannot become %s, image by image", text[0],
                            text[1]);
        return;
    }
    y->view = ses_view_reshape(net->graph, layer->name, &x->view, rank, size);
    y->without_images = !keeps;
}

/* Dimensions of a Reshape: 0 is the input's own, -1 what is left over. */
static bool settle_dims(const struct axes *from, int start, int end,
                        const long *dims, int n, struct axes *to)
{
    int left_over = -1;
    if (start + n + from->n - end > SES_MAX_RANK)
        return false;
    for (int i = 0; i < start; i++)
        to->size[to->n++] = from->size[i];
    for (int i = 0; i < n; i++) {
        if (dims[i] == 0 && start + i >= from->n)
            return false;
        if (dims[i] < 0 && left_over >= 0)
            return false;
        if (dims[i] < 0)
            left_over = to->n;
        to->size[to->n++] = dims[i] < 0  ? 1
                            : dims[i] == 0 ? from->size[start + i]
                                           : dims[i];
    }
    for (int i = end; i < from->n; i++)
        to->size[to->n++] = from->size[i];
    long long all = product(from->size, from->n);
    long long said = product(to->size, to->n);
    if (left_over >= 0 && said > 0 && all % said == 0 && all / said <= INT_MAX)
        to->size[left_over] = (long)(all / said);
    return true;
}

void ses_caffe_reshape(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    struct ses_prototxt *text = net->text;
    struct axes from = axes_of(net, x), to = { 0 };
    long dims[SES_MAX_RANK];
    size_t shape = ses_prototxt_message(text, layer->param, "shape");
    int n = ses_prototxt_integers(text, shape, "dim", -1, INT_MAX, dims,
                                  SES_MAX_RANK);
    int start = (int)ses_prototxt_integer(text, layer->param, "axis", 0,
                                          -from.n - 1, from.n);
    int count = (int)ses_prototxt_integer(text, layer->param, "num_axes", -1,
                                          -1, from.n);
    if (ses_caffe_failed(net))
        return;
    if (start < 0)
        start += from.n + 1;
    int end = count < 0 ? from.n : start + count;
    if (end > from.n || !settle_dims(&from, start, end, dims, n, &to)) {
        *y = ses_caffe_fail(net, layer, SES_EFORMAT,
                            "%d dimensions in place of axes %d to %d of %d", n,
                            start, end, from.n);
        return;
    }
    become(net, layer, x, &to, y);
}

void ses_caffe_flatten(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    struct axes from = axes_of(net, x), to = { 0 };
    int first = ses_caffe_axis(net, layer, "axis", x, from.n > 1);
    int last = ses_caffe_axis(net, layer, "end_axis", x, from.n - 1);
    if (ses_caffe_failed(net))
        return;
    if (last < first) {
        *y = ses_caffe_fail(net, layer, SES_EFORMAT, "axes %d to %d", first,
                            last);
        return;
    }
    for (int i = 0; i < first; i++)
        to.size[to.n++] = from.size[i];
    to.size[to.n++] = (long)product(from.size + first, last - first + 1);
    for (int i = last + 1; i < from.n; i++)
        to.size[to.n++] = from.size[i];
    become(net, layer, x, &to, y);
}

/* The axes in the order said; those not said follow in their own. */
void ses_caffe_permute(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    long order[SES_MAX_RANK];
    int rank = x->view.rank, perm[SES_MAX_RANK], used = 0;
    int n = ses_prototxt_integers(net->text, layer->param, "order", 0,
                                  rank - 1, order, rank);
    if (ses_caffe_failed(net))
        return;
    for (int i = 0; i < n; i++) {
        perm[i] = (int)order[i];
        used |= 1 << perm[i];
    }
    for (int i = 0; i < rank && n < rank; i++)
        if (!(used & 1 << i))
            perm[n++] = i;
    y->view = ses_view_transpose(net->graph, layer->name, &x->view, perm);
}
