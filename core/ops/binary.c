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

/* The last two axes: rows of n elements, rows of an operand being so many
 * floats apart (0: one row for all). */
typedef void rows_function(const float *a, size_t a_step, const float *b,
                           size_t b_step, float *y, size_t rows, size_t n);

/* By which operand repeats one element along a row. */
struct kernels {
    rows_function *both, *scalar_b, *scalar_a;
};

/* An operand: how far it goes on for a step along the result's axes; 0 where
 * it is repeated. */
struct strides {
    size_t image, axis[3];
};

static struct strides strides(const struct ses_value *value)
{
    size_t c = (size_t)value->c, w = (size_t)value->w;
    return (struct strides){ .image = ses_floats(value),
                             .axis = { value->h > 1 ? w * c : 0,
                                       value->w > 1 ? c : 0, c > 1 } };
}

/* One channel: columns are the row. */
static void shift(size_t axis[3], size_t first)
{
    axis[2] = axis[1];
    axis[1] = axis[0];
    axis[0] = first;
}

static void run_rows(const struct ses_run *run, const struct kernels *kernels)
{
    const struct ses_value *out = run->out;
    size_t batch = (size_t)run->batch, floats = ses_floats(out);
    size_t size[3] = { (size_t)out->h, (size_t)out->w, (size_t)out->c };
    struct strides a = strides(run->in[0]), b = strides(run->in[1]);
    if (a.image == floats && b.image == floats) {
        kernels->both(run->x[0], 0, run->x[1], 0, run->y, 1, batch * floats);
        return;
    }
    if (size[2] == 1) {
        shift(size, 1);
        shift(a.axis, 0);
        shift(b.axis, 0);
    }
    rows_function *rows = a.axis[2] == b.axis[2] ? kernels->both
                          : a.axis[2]            ? kernels->scalar_b
                                                 : kernels->scalar_a;
    float *y = run->y;
    for (size_t image = 0; image < batch; image++)
        for (size_t i = 0; i < size[0]; i++, y += size[1] * size[2])
            rows(run->x[0] + image * a.image + i * a.axis[0], a.axis[1],
                 run->x[1] + image * b.image + i * b.axis[0], b.axis[1], y,
                 size[1], size[2]);
}

#define KERNEL(name, A, B, expression) \
    SES_VECTOR static void name(const float *a, size_t a_step, \
                                const float *b, size_t b_step, float *y, \
                                size_t rows, size_t n) \
    { \
        for (size_t row = 0; row < rows; row++) { \
            SES_VECTOR_LOOP \
            for (size_t i = 0; i < n; i++) { \
                float u = A, v = B; \
                y[i] = expression; \
            } \
            a += a_step; \
            b += b_step; \
            y += n; \
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
BINARY(maximum, "maximum", ((u > v) | (u != u)) ? u : v)
