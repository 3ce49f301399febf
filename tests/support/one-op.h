/* Running one operation by itself, on seeded values. */
#ifndef SES_TESTS_ONE_OP_H
#define SES_TESTS_ONE_OP_H

#include "core/base/random.h"
#include "core/ops/ops.h"

enum { ONE_OP_INPUTS = 3 };

/* A node with its values. Fill node, in (h, w, c) and batch; then infer, then
 * run. Anything that fails fails the test. */
struct one_op {
    struct ses_node node;
    struct ses_value in[ONE_OP_INPUTS], out;
    int batch;
    bool gated, added; /* a convolution that multiplies by x[1] and adds x[2],
                        * in[1] and in[2] being what they are */
    float *x[ONE_OP_INPUTS]; /* made by one_op_fill() */
    float *y;    /* made by one_op_run() */
};

/* Uniform in -1 .. 1. */
float random_float(struct ses_random *random);
/* Uniform in low .. high. */
int random_int(struct ses_random *random, int low, int high);

struct ses_tensor *random_weight(struct ses_random *random, int o, int i,
                                 int h, int w);
struct ses_tensor *random_vector(struct ses_random *random, int n);

enum ses_status one_op_infer(struct one_op *op, struct ses_error *err);
void one_op_fill(struct one_op *op, struct ses_random *random);
void one_op_run(struct one_op *op);

/* Floats of one image of a value. */
size_t image_floats(const struct ses_value *value);

/* The same again, images one by one in batches of 1, must give the same bits;
 * needs one_op_run() before. */
void one_op_check_batch(const struct one_op *op);

/* An element of the output is as expected, within tolerance * (1 + |expected|),
 * or the same infinity or NaN. */
void one_op_near(const struct one_op *op, size_t index, double expected,
                 double tolerance);

/* Every parameter, to stderr. */
void one_op_print(const struct one_op *op);

/* Frees tensors, inputs and output. */
void one_op_release(struct one_op *op);

#endif
