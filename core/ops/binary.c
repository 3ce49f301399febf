/* Element by element of two maps: the residual's sum, the excitation's product
 * (Hu et al., eq. 4) and their kin. Of height, width and channels, each is
 * equal on both sides, or 1 on one side, which is repeated. */
#include "core/engine/vector.h"
#include "core/ops/shape.h"

/* -1 when two sizes do not fit each other. */
static int joined(int a, int b)
{
    if (a == b || b == 1)
        return a;
    return a == 1 ? b : -1;
}

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    (void)node;
    const struct ses_value *a = in[0], *b = in[1];
    out->h = joined(a->h, b->h);
    out->w = joined(a->w, b->w);
    out->c = joined(a->c, b->c);
    if (out->h > 0 && out->w > 0 && out->c > 0)
        return SES_OK;
    return ses_fail(err, SES_ESHAPE,
                    "inputs are %dx%dx%d and %dx%dx%d (height x width x "
                    "channels), expected sizes that are equal, or 1",
                    a->h, a->w, a->c, b->h, b->w, b->c);
}

/* Rows of n elements; a step of 0 repeats the one element of a row. */
typedef void rows_function(const float *a, const float *b, float *y, size_t n);

struct kernels {
    rows_function *both, *scalar_b, *scalar_a;
};

/* How far an operand goes on for a step along each axis; 0 where it is
 * repeated. */
struct strides {
    size_t h, w, image;
    bool channels;
};

static struct strides strides(const struct ses_value *value)
{
    size_t c = (size_t)value->c, w = (size_t)value->w;
    return (struct strides){ .h = value->h > 1 ? w * c : 0,
                             .w = value->w > 1 ? c : 0,
                             .image = ses_floats(value),
                             .channels = value->c > 1 };
}

static void run_rows(const struct ses_run *run, const struct kernels *kernels)
{
    const struct ses_value *out = run->out;
    size_t c = (size_t)out->c, h = (size_t)out->h, w = (size_t)out->w;
    struct strides a = strides(run->in[0]), b = strides(run->in[1]);
    if (a.image == b.image && a.image == ses_floats(out)) {
        kernels->both(run->x[0], run->x[1], run->y,
                      (size_t)run->batch * a.image);
        return;
    }
    rows_function *rows = a.channels == b.channels ? kernels->both
                          : a.channels             ? kernels->scalar_b
                                                   : kernels->scalar_a;
    float *y = run->y;
    for (size_t image = 0; image < (size_t)run->batch; image++)
        for (size_t i = 0; i < h; i++)
            for (size_t j = 0; j < w; j++, y += c)
                rows(run->x[0] + image * a.image + i * a.h + j * a.w,
                     run->x[1] + image * b.image + i * b.h + j * b.w, y, c);
}

#define KERNEL(name, A, B, expression) \
    SES_VECTOR static void name(const float *a, const float *b, float *y, \
                                size_t n) \
    { \
        SES_VECTOR_LOOP \
        for (size_t i = 0; i < n; i++) { \
            float u = A, v = B; \
            y[i] = expression; \
        } \
    }
#define BINARY(op, text, expression) \
    KERNEL(op##_both, a[i], b[i], expression) \
    KERNEL(op##_scalar_b, a[i], b[0], expression) \
    KERNEL(op##_scalar_a, a[0], b[i], expression) \
    static void op##_run(const struct ses_run *run) \
    { \
        static const struct kernels kernels = { op##_both, op##_scalar_b, \
                                                op##_scalar_a }; \
        run_rows(run, &kernels); \
    } \
    const struct ses_op_class ses_op_##op = { .name = text, \
                                              .in_place = true, \
                                              .infer = infer, \
                                              .run = op##_run };

BINARY(add, "add", u + v)
BINARY(subtract, "subtract", u - v)
BINARY(multiply, "multiply", u *v)
BINARY(divide, "divide", u / v)
/* NaN wins, as in every framework. */
BINARY(maximum, "maximum", (u > v) | (u != u) ? u : v)
