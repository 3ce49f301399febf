/* See tail.h. */
#include "core/ops/tail.h"

#include "core/engine/vector.h"
#include "core/ops/activate.h"
#include "core/ops/shape.h"

/* Operands that are missing are told apart outside of the inner loops. */
SES_VECTOR static void scale_and_add(const float *x, const float *bias,
                                     const float *gate, const float *add,
                                     size_t rows, size_t channels, float *y)
{
    for (size_t row = 0; row < rows; row++, x += channels, y += channels) {
        if (bias && gate) {
            SES_VECTOR_LOOP
            for (size_t c = 0; c < channels; c++)
                y[c] = (x[c] + bias[c]) * gate[c];
        } else if (gate && add) {
            SES_VECTOR_LOOP
            for (size_t c = 0; c < channels; c++)
                y[c] = x[c] * gate[c] + add[c];
        } else if (gate) {
            SES_VECTOR_LOOP
            for (size_t c = 0; c < channels; c++)
                y[c] = x[c] * gate[c];
        } else if (bias) {
            SES_VECTOR_LOOP
            for (size_t c = 0; c < channels; c++)
                y[c] = x[c] + bias[c] + add[c];
        } else {
            SES_VECTOR_LOOP
            for (size_t c = 0; c < channels; c++)
                y[c] = x[c] + add[c];
        }
        if (add && bias && gate) {
            SES_VECTOR_LOOP
            for (size_t c = 0; c < channels; c++)
                y[c] += add[c];
        }
        add = add ? add + channels : NULL;
    }
}

void ses_tail_run(const struct ses_run *run)
{
    size_t channels = (size_t)run->out->c, width = (size_t)run->out->w;
    size_t row = width * channels;
    for (size_t image = 0; image < (size_t)run->batch; image++)
        for (size_t i = 0; i < (size_t)run->out->h; i++) {
            size_t at = image * ses_floats(run->out) + i * row;
            scale_and_add(run->x[0] + at, NULL,
                          run->gate ? run->gate + image * channels : NULL,
                          run->add ? run->add + at : NULL, width, channels,
                          run->y + at);
            ses_activate(run->last, NULL, run->y + at, run->y + at, width,
                         channels);
        }
}

bool ses_tail_of_gemm(const struct ses_run *run, size_t image,
                      struct ses_gemm_tail *out)
{
    size_t channels = (size_t)run->out->c;
    enum ses_activation activation = run->last->activation;
    *out = (struct ses_gemm_tail){
        .bias = run->node->bias ? run->node->bias->data : NULL,
        .scale = run->gate ? run->gate + image * channels : NULL,
        .add = run->add ? run->add + image * ses_floats(run->out) : NULL,
        .relu = activation == SES_ACT_RELU,
    };
    return activation == SES_ACT_RELU || activation == SES_ACT_IDENTITY;
}

void ses_tail_activate(const struct ses_run *run, size_t rows, float *y)
{
    ses_activate(run->last, NULL, y, y, rows, (size_t)run->out->c);
}

void ses_tail_apply(const struct ses_run *run, size_t image, size_t first,
                    size_t rows, float *y)
{
    size_t channels = (size_t)run->out->c;
    const float *bias = run->node->bias ? run->node->bias->data : NULL;
    if (run->gate || run->add) {
        const float *add = run->add ? run->add + image * ses_floats(run->out) +
                                          first * channels
                                    : NULL;
        scale_and_add(y, bias, run->gate ? run->gate + image * channels : NULL,
                      add, rows, channels, y);
        bias = NULL;
    }
    ses_activate(run->last, bias, y, y, rows, channels);
}
