/* See naive.h. */
#include "tests/support/naive.h"

#include <math.h>

/* Element of the map, or 0 with *inside false beyond it. */
static double at(const struct ses_value *in, const float *image, int i, int j,
                 int c, bool *inside)
{
    *inside = i >= 0 && i < in->h && j >= 0 && j < in->w;
    return *inside ? (double)image[((long)i * in->w + j) * in->c + c] : 0;
}

struct naive_sum naive_conv(const struct ses_node *node,
                            const struct ses_value *in, const float *image,
                            int i, int j, int o)
{
    const struct ses_window *window = &node->window;
    const size_t *shape = node->weight->shape;
    int outputs = (int)shape[0], inputs = (int)shape[1];
    int group = o / (outputs / node->groups);
    struct naive_sum out = { 0, 0 };
    for (int k = 0; k < inputs; k++)
        for (int y = 0; y < window->kernel_h; y++)
            for (int x = 0; x < window->kernel_w; x++) {
                bool inside;
                double value =
                    at(in, image,
                       i * window->stride_h - window->pad_top +
                           y * window->dilation_h,
                       j * window->stride_w - window->pad_left +
                           x * window->dilation_w,
                       group * inputs + k, &inside);
                size_t w = (((size_t)o * shape[1] + (size_t)k) * shape[2] +
                            (size_t)y) * shape[3] + (size_t)x;
                double term = value * (double)node->weight->data[w];
                out.sum += term;
                out.magnitude += fabs(term);
            }
    if (node->bias) {
        out.sum += (double)node->bias->data[o];
        out.magnitude += fabs((double)node->bias->data[o]);
    }
    return out;
}

double naive_max_pool(const struct ses_window *window,
                      const struct ses_value *in, const float *image, int i,
                      int j, int c)
{
    double largest = -INFINITY;
    for (int y = 0; y < window->kernel_h; y++)
        for (int x = 0; x < window->kernel_w; x++) {
            bool inside;
            double value = at(in, image,
                              i * window->stride_h - window->pad_top +
                                  y * window->dilation_h,
                              j * window->stride_w - window->pad_left +
                                  x * window->dilation_w,
                              c, &inside);
            if (inside && value > largest)
                largest = value;
        }
    return largest;
}

double naive_average_pool(const struct ses_window *window,
                          const struct ses_value *in, const float *image,
                          int i, int j, int c)
{
    double sum = 0;
    int counted = 0;
    for (int y = 0; y < window->kernel_h; y++)
        for (int x = 0; x < window->kernel_w; x++) {
            int row = i * window->stride_h - window->pad_top +
                      y * window->dilation_h;
            int column = j * window->stride_w - window->pad_left +
                         x * window->dilation_w;
            bool inside;
            sum += at(in, image, row, column, c, &inside);
            bool padding = row < in->h + window->pad_bottom &&
                           column < in->w + window->pad_right;
            counted += inside || (window->count_include_pad && padding);
        }
    return counted ? sum / counted : 0;
}

double naive_activation(enum ses_activation activation, double x, double alpha,
                        double beta)
{
    switch (activation) {
    case SES_ACT_RELU:
        return fmax(x, 0);
    case SES_ACT_RELU6:
        return fmin(fmax(x, 0), 6);
    case SES_ACT_LEAKY_RELU:
    case SES_ACT_PRELU:
        return x < 0 ? alpha * x : x;
    case SES_ACT_SIGMOID:
        return 1 / (1 + exp(-x));
    case SES_ACT_HARD_SIGMOID:
        return fmin(fmax(alpha * x + beta, 0), 1);
    case SES_ACT_TANH:
        return tanh(x);
    case SES_ACT_SILU:
        return x / (1 + exp(-x));
    case SES_ACT_HARD_SWISH:
        return x * fmin(fmax(x + 3, 0), 6) / 6;
    case SES_ACT_GELU:
        return x * (1 + erf(x * 0.70710678118654752)) / 2;
    case SES_ACT_GELU_TANH:
        return x *
               (1 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x))) /
               2;
    case SES_ACT_MISH:
        return x * tanh(log1p(exp(x)));
    case SES_ACT_ELU:
        return x < 0 ? alpha * expm1(x) : x;
    case SES_ACT_SOFTPLUS:
        return x > 700 ? x : log1p(exp(x));
    case SES_ACT_LINEAR:
        return alpha * x + beta;
    case SES_ACT_CLIP:
        return fmin(fmax(x, alpha), beta);
    case SES_ACT_POWER:
        return pow(x, alpha);
    case SES_ACT_EXP:
        return exp(x);
    case SES_ACT_ERF:
        return erf(x);
    default:
        return x;
    }
}

size_t naive_permute_source(const struct ses_permute *permute, size_t to)
{
    size_t place[SES_MAX_RANK], from = 0;
    for (int i = permute->n; i-- > 0;) {
        size_t size = (size_t)permute->size[permute->perm[i]];
        place[permute->perm[i]] = to % size;
        to /= size;
    }
    for (int i = 0; i < permute->n; i++)
        from = from * (size_t)permute->size[i] + place[i];
    return from;
}
