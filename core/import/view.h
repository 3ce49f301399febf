/* A value of the graph as its framework sees it.
 *
 * ONNX, Keras and Caffe speak of tensors of any rank whose axes have an order;
 * the graph knows maps of height x width x channels. A view says which tensor
 * a value holds: how many axes, how long, and in which order they lie in
 * memory. Transposes, squeezes and most reshapes are then views of the same
 * value and cost nothing; where floats must move, a PERMUTE node moves them.
 *
 * The first axis is always the batch; sizes are of one image, so size[0] is 1.
 * The graph's input must be sized (ses_graph_size_input()) so that all shapes
 * are known while building.
 *
 * A failed view has value -1, and its error is in the graph's (graph->error,
 * which names the layer); given one, functions return one, so a chain needs
 * one check at its end. `name` is the layer's path in the model file. */
#ifndef SES_IMPORT_VIEW_H
#define SES_IMPORT_VIEW_H

#include <stdbool.h>

#include "core/graph/graph.h"

struct ses_view {
    int value; /* of the graph; -1 after a failure */
    int rank;  /* axes, the batch's among them */
    int size[SES_MAX_RANK];
    int order[SES_MAX_RANK]; /* the axes as they lie in memory, outermost
                              * first; order[0] is 0 */
};

/* Where channels stand among a tensor's axes. */
enum ses_layout {
    SES_CHANNELS_FIRST, /* N x C, N x C x W, N x C x H x W */
    SES_CHANNELS_LAST   /* N x C, N x W x C, N x H x W x C */
};

/* A failed view; and the same after saying why (context: the layer). */
struct ses_view ses_view_failed(void);
struct ses_view ses_view_fail(struct ses_graph *graph, const char *name,
                              enum ses_status status, const char *format, ...)
    SES_PRINTF(4, 5);

/* The network's input, sized: rank 2 to 4. */
struct ses_view ses_view_input(struct ses_graph *graph, const char *name,
                               int rank, const int *size,
                               enum ses_layout layout);

/* A map as a tensor of rank 2 (of a vector), 3 (of height 1) or 4. */
struct ses_view ses_view_of(struct ses_graph *graph, int value, int rank,
                            enum ses_layout layout);

/* The other way: the map that a tensor of rank 2, 3 or 4 is; -1 on failure. */
int ses_view_map(struct ses_graph *graph, const char *name,
                 const struct ses_view *x, enum ses_layout layout);

/* How many elements of an image. */
size_t ses_view_count(const struct ses_view *x);

/* Output axis i is axis perm[i]; perm[0] must be 0. */
struct ses_view ses_view_transpose(struct ses_graph *graph, const char *name,
                                   const struct ses_view *x, const int *perm);

/* The same elements in row-major order as another shape (size[0] is ignored:
 * the batch stays). All sizes are given; the product must be the same. */
struct ses_view ses_view_reshape(struct ses_graph *graph, const char *name,
                                 const struct ses_view *x, int rank,
                                 const int *size);

/* Element by element, whatever the axes. */
struct ses_view ses_view_activation(struct ses_graph *graph, const char *name,
                                    const struct ses_view *x,
                                    enum ses_activation activation,
                                    float alpha, float beta);

/* op: ADD, SUBTRACT, MULTIPLY, DIVIDE or MAXIMUM; sizes are broadcast as
 * numpy does. Both must have the same rank. */
struct ses_view ses_view_binary(struct ses_graph *graph, const char *name,
                                enum ses_op op, const struct ses_view *a,
                                const struct ses_view *b);

/* x op constant, or constant op x (constant_first), broadcast as numpy does
 * (the constant's shape is aligned at the last axis). A scalar becomes a
 * LINEAR activation, one along the channel axis of memory a BATCH_NORM of
 * zero mean and unit variance, another a CONSTANT. The tensor is taken over,
 * also on failure. Its elements are counted as parameters when `learnt`. */
struct ses_view ses_view_with_constant(struct ses_graph *graph,
                                       const char *name, enum ses_op op,
                                       const struct ses_view *x,
                                       struct ses_tensor *constant,
                                       bool constant_first, bool learnt);

/* y = x * factor + offset a channel, both vectors of the axis `axis`; either
 * may be NULL. Taken over. */
struct ses_view ses_view_affine(struct ses_graph *graph, const char *name,
                                const struct ses_view *x, int axis,
                                struct ses_tensor *factor,
                                struct ses_tensor *offset, bool learnt);

/* A CONSTANT as a view: its axes are the batch and the tensor's. Taken
 * over. */
struct ses_view ses_view_constant(struct ses_graph *graph, const char *name,
                                  struct ses_tensor *value, bool learnt);

/* Mean (op: GLOBAL_MEAN) or largest (GLOBAL_MAX) over the axes marked (not
 * the batch), which stay as 1 with keep_axes and go without. */
struct ses_view ses_view_reduce(struct ses_graph *graph, const char *name,
                                const struct ses_view *x, enum ses_op op,
                                const bool *axes, bool keep_axes);

struct ses_view ses_view_concat(struct ses_graph *graph, const char *name,
                                const struct ses_view *const *x, int n,
                                int axis);

/* Elements first, first + step, ...: length of them, along an axis. */
struct ses_view ses_view_slice(struct ses_graph *graph, const char *name,
                               const struct ses_view *x, int axis, int first,
                               int step, int length);

/* Softmax over one axis. */
struct ses_view ses_view_softmax(struct ses_graph *graph, const char *name,
                                 const struct ses_view *x, int axis);

/* A fully connected layer over the last axis: weight outputs x inputs, bias
 * of outputs elements or NULL. Taken over. */
struct ses_view ses_view_dense(struct ses_graph *graph, const char *name,
                               const struct ses_view *x,
                               struct ses_tensor *weight,
                               struct ses_tensor *bias);

#endif
