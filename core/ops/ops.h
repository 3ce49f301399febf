/* What every operation knows of itself: its shape rule, and how to run.
 *
 * Adding an operation: one line in SES_OPS (core/graph/graph.h), one file here
 * with a `const struct ses_op_class ses_op_<name>`, that file in local.mk, and
 * a test in tests/test-ops.c against a naive loop. */
#ifndef SES_OPS_OPS_H
#define SES_OPS_OPS_H

#include "core/base/error.h"
#include "core/graph/graph.h"

/* What a node's run function works on. Activations are NHWC: x[i] is
 * [batch][h][w][c] of input i, y the same of the output. y never overlaps an
 * input, unless the class says in_place. */
struct ses_run {
    const struct ses_node *node;
    const struct ses_value *const *in;
    const struct ses_value *out;
    const float *const *x;
    float *y;
    int batch;
    const float *packed; /* what pack() made, or NULL */

    /* Convolution: what is done to its output in the same pass (tail.h). The
     * output is multiplied by gate [batch][c] and added to add
     * [batch][h][w][c], each unless NULL; then comes the activation of last,
     * the node itself when nothing was put together. */
    const float *gate, *add;
    const struct ses_node *last;
    float *scratch;     /* scratch_floats() floats, 64-byte aligned */
};

struct ses_op_class {
    const char *name; /* as error messages and graphs show it */
    bool in_place;    /* y may be x[0] */

    /* Fill out->h, w, c from the inputs; on failure describe what was found
     * and expected (the caller adds the node's name). */
    enum ses_status (*infer)(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err);

    /* Optional: weights in the layout run() wants, into packed_floats() zeros.
     * The node's tensors stay. */
    size_t (*packed_floats)(const struct ses_node *node,
                            const struct ses_value *const *in,
                            const struct ses_value *out);
    void (*pack)(const struct ses_node *node,
                 const struct ses_value *const *in,
                 const struct ses_value *out, float *packed);

    /* Optional: floats of scratch run() needs, whatever the batch. */
    size_t (*scratch_floats)(const struct ses_node *node,
                             const struct ses_value *const *in,
                             const struct ses_value *out);

    /* NULL for an op that a pass removes before anything runs. Results for an
     * image must not depend on batch or on the image's place in it. */
    void (*run)(const struct ses_run *run);
};

#define X(NAME, name) extern const struct ses_op_class ses_op_##name;
SES_OPS(X)
#undef X

const struct ses_op_class *ses_op_class(enum ses_op op);

#endif
