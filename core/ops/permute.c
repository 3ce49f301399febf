/* The floats of an image in another order. Reads permute. One that only
 * renames may run in place, and then does nothing. */
#include <string.h>

#include "core/graph/permute.h"
#include "core/ops/shape.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    const struct ses_permute *permute = &node->permute;
    size_t product = 1, result = (size_t)permute->c;
    bool fits = permute->n >= 0 && permute->n <= SES_MAX_RANK &&
                permute->h > 0 && permute->w > 0 && permute->c > 0 &&
                !__builtin_mul_overflow(result, (size_t)permute->h, &result) &&
                !__builtin_mul_overflow(result, (size_t)permute->w, &result);
    unsigned seen = 0;
    for (int i = 0; i < permute->n && fits; i++) {
        fits = permute->size[i] > 0 && permute->perm[i] >= 0 &&
               permute->perm[i] < permute->n &&
               !__builtin_mul_overflow(product, (size_t)permute->size[i],
                                       &product);
        seen |= fits ? 1u << permute->perm[i] : 0;
    }
    if (!fits || seen != (1u << permute->n) - 1 || product != result ||
        product != ses_floats(in[0]))
        return ses_fail(err, SES_ESHAPE,
                        "input is %dx%dx%d (height x width x channels), which "
                        "cannot become %dx%dx%d",
                        in[0]->h, in[0]->w, in[0]->c, permute->h, permute->w,
                        permute->c);
    out->h = permute->h;
    out->w = permute->w;
    out->c = permute->c;
    return SES_OK;
}

/* Output axis `axis` and those inside it; x is where it begins. */
static float *copy(const struct ses_permute *permute, const size_t *stride,
                   int axis, const float *x, float *y)
{
    size_t size = (size_t)permute->size[permute->perm[axis]];
    size_t step = stride[permute->perm[axis]];
    if (axis + 1 < permute->n) {
        for (size_t i = 0; i < size; i++)
            y = copy(permute, stride, axis + 1, x + i * step, y);
        return y;
    }
    if (step == 1)
        memcpy(y, x, size * sizeof *y);
    for (size_t i = 0; step > 1 && i < size; i++)
        y[i] = x[i * step];
    return y + size;
}

static void run(const struct ses_run *run)
{
    struct ses_permute permute = ses_permute_simplify(&run->node->permute);
    size_t floats = ses_floats(run->in[0]), batch = (size_t)run->batch;
    if (permute.n <= 1) {
        if (run->y != run->x[0])
            memcpy(run->y, run->x[0], batch * floats * sizeof(float));
        return;
    }
    size_t stride[SES_MAX_RANK], step = 1;
    for (int i = permute.n; i-- > 0;) {
        stride[i] = step;
        step *= (size_t)permute.size[i];
    }
    for (size_t image = 0; image < batch; image++)
        copy(&permute, stride, 0, run->x[0] + image * floats,
             run->y + image * floats);
}

const struct ses_op_class ses_op_permute = { .name = "permute",
                                             .infer = infer,
                                             .run = run };
