/* A constant array of floats: weights, biases, statistics. */
#ifndef SES_GRAPH_TENSOR_H
#define SES_GRAPH_TENSOR_H

#include <stddef.h>

enum { SES_MAX_RANK = 8 };

struct ses_tensor {
    int rank;
    size_t shape[SES_MAX_RANK];
    size_t count; /* product of shape; 1 for a scalar (rank 0) */
    float *data;  /* owned */
};

/* A zeroed tensor, or NULL (overflow, no memory, rank out of range). Caller
 * frees with ses_tensor_free(). */
struct ses_tensor *ses_tensor_new(int rank, const size_t *shape);
void ses_tensor_free(struct ses_tensor *tensor);

/* Shape as "64x3x7x7" ("scalar" for rank 0) into out; returns out. */
char *ses_shape_text(int rank, const size_t *shape, char *out, size_t size);

#endif
