/* The network as data: values, and nodes that make one value from others.
 *
 * Importers build a graph with the functions below, passes rewrite it, the
 * engine runs it. It is in static single assignment form: every node makes a
 * new value and none is ever overwritten, so a value that was recorded is what
 * it was when it was made, whatever an engine does with its memory.
 *
 * A value is a feature map of h x w pixels and c channels for each image of a
 * batch; a vector is a map of 1 x 1. Fully connected layers are therefore 1x1
 * convolutions (or convolutions of the map's size), which is one way to say
 * what frameworks say in four.
 *
 * Shapes are worked out by ses_graph_infer() for a given input size, so the
 * same graph serves any resolution. */
#ifndef SES_GRAPH_GRAPH_H
#define SES_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/graph/tensor.h"

/* The operations. Adding one: a line here, and a file in core/ops that
 * defines `const struct ses_op_class ses_op_<name>` (core/ops/ops.h says what
 * goes into it).                                                            */
#define SES_OPS(X) \
    X(INPUT, input) \
    X(CONSTANT, constant) \
    X(CONV, conv) \
    X(BATCH_NORM, batch_norm) \
    X(ACTIVATION, activation) \
    X(ADD, add) \
    X(SUBTRACT, subtract) \
    X(MULTIPLY, multiply) \
    X(DIVIDE, divide) \
    X(MAXIMUM, maximum) \
    X(MAX_POOL, max_pool) \
    X(AVERAGE_POOL, average_pool) \
    X(GLOBAL_MEAN, global_mean) \
    X(GLOBAL_MAX, global_max) \
    X(AXIS_MEAN, axis_mean) \
    X(AXIS_MAX, axis_max) \
    X(SOFTMAX, softmax) \
    X(CONCAT, concat) \
    X(SLICE, slice) \
    X(PAD, pad) \
    X(RESIZE, resize) \
    X(PERMUTE, permute) \
    X(LRN, lrn)

enum ses_op {
#define X(NAME, name) SES_OP_##NAME,
    SES_OPS(X)
#undef X
    SES_OP_COUNT
};

/* Non-linearities, each with the name that files and tables show. */
#define SES_ACTIVATIONS(X) \
    X(IDENTITY, "identity") \
    X(RELU, "relu") \
    X(RELU6, "relu6") \
    X(LEAKY_RELU, "leaky-relu")     /* alpha: slope below 0 */ \
    X(PRELU, "prelu")               /* node weight: a slope a channel, or 1 */ \
    X(SIGMOID, "sigmoid") \
    X(HARD_SIGMOID, "hard-sigmoid") /* clamp(alpha * x + beta, 0, 1) */ \
    X(TANH, "tanh") \
    X(SILU, "silu") \
    X(HARD_SWISH, "hard-swish") \
    X(GELU, "gelu")                 /* by erf */ \
    X(GELU_TANH, "gelu-tanh")       /* its approximation by tanh */ \
    X(MISH, "mish") \
    X(ELU, "elu")                   /* alpha: minus the limit below 0 */ \
    X(SOFTPLUS, "softplus") \
    X(LINEAR, "linear")             /* alpha * x + beta */ \
    X(CLIP, "clip")                 /* alpha: least, beta: most */ \
    X(POWER, "power")               /* x to the power of alpha */ \
    X(EXP, "exp") \
    X(ERF, "erf")

enum ses_activation {
#define X(NAME, text) SES_ACT_##NAME,
    SES_ACTIVATIONS(X)
#undef X
    SES_ACT_COUNT
};

const char *ses_activation_name(enum ses_activation activation);

/* A window over h and w: convolution and pooling share it. */
struct ses_window {
    int kernel_h, kernel_w;
    int stride_h, stride_w;
    int dilation_h, dilation_w;
    int pad_top, pad_left, pad_bottom, pad_right;
    bool same_upper;        /* padded as TensorFlow's SAME: to an output of
                             * size / stride, rounded up, an odd pixel below
                             * and right; the pads above are 0 then */
    bool ceil_mode;         /* pooling: round the output size up (Caffe) */
    bool count_include_pad; /* average pooling: padding counts in the divisor */
};

/* A square window; dilation 1, floor rounding, padding counted. */
struct ses_window ses_window(int kernel, int stride, int pad);

enum ses_axis { SES_AXIS_H, SES_AXIS_W, SES_AXIS_C };

/* What pixels beyond the edge are. */
enum ses_padding {
    SES_PAD_CONSTANT,
    SES_PAD_REFLECT, /* mirrored, the edge's own pixel not repeated */
    SES_PAD_EDGE     /* the edge's pixel */
};

/* ONNX's Resize, where all frameworks' ways have a name. The output is h x w
 * when they are not 0, else floor(size * scale). */
struct ses_resize {
    enum { SES_RESIZE_NEAREST, SES_RESIZE_LINEAR } mode;
    /* where a pixel of the output lies in the input */
    enum {
        SES_COORDINATE_HALF_PIXEL,
        SES_COORDINATE_PYTORCH_HALF_PIXEL, /* 0 where the output is 1 pixel */
        SES_COORDINATE_ASYMMETRIC,
        SES_COORDINATE_ALIGN_CORNERS
    } coordinate;
    /* which pixel is the nearest */
    enum {
        SES_NEAREST_ROUND_PREFER_FLOOR,
        SES_NEAREST_ROUND_PREFER_CEIL,
        SES_NEAREST_FLOOR,
        SES_NEAREST_CEIL
    } nearest;
    double scale_h, scale_w;
    int h, w;
};

/* The floats of an image in another order: they are read as a row-major array
 * of n axes, the axes are put in the order perm (output axis i is input axis
 * perm[i]), and what lies in memory then is a map of h x w x c. With one axis
 * it only renames: 1 x 1 x 64 becomes 1 x 64 x 1. */
struct ses_permute {
    int n;
    int size[SES_MAX_RANK];
    int perm[SES_MAX_RANK];
    int h, w, c;
};

struct ses_value {
    char *name;   /* as in the model file, or made up; owned */
    int h, w, c;  /* 0 until inferred */
    int producer; /* node index; -1 after a pass merged it away */
};

/* Which fields an op reads is said beside it in core/ops. Constants that are
 * not used are NULL. All are owned by the graph. */
struct ses_node {
    enum ses_op op;
    char *name; /* layer path in the model file; owned */
    int *inputs; /* owned */
    int n_inputs;
    int output;
    struct ses_window window;
    int groups;                   /* convolution */
    struct ses_tensor *weight;    /* convolution: O x I/groups x kh x kw */
    struct ses_tensor *bias;      /* convolution: O, or NULL */
    struct ses_tensor *scale;     /* batch norm: gamma (NULL: ones) */
    struct ses_tensor *shift;     /* batch norm: beta (NULL: zeros) */
    struct ses_tensor *mean;      /* batch norm: running mean */
    struct ses_tensor *variance;  /* batch norm: running variance */
    double epsilon;               /* batch norm */
    enum ses_activation activation; /* activation; convolution: fused after */
    float alpha, beta;              /* parameters of the activation */
    struct ses_tensor *slope;       /* prelu: C or 1 */
    enum ses_axis axis;             /* axis mean and max, concat, slice */
    int first, step, length;        /* slice: the input's first, first + step,
                                     * ...; length of them */
    enum ses_padding padding;       /* pad, by window's pads; alpha: the
                                     * constant */
    struct ses_resize resize;
    struct ses_permute permute;
    size_t parameters; /* learnable numbers, as the framework counts them;
                        * kept through folding */
};

struct ses_graph {
    struct ses_value *values;
    size_t n_values, values_capacity;
    struct ses_node *nodes; /* in topological order */
    size_t n_nodes, nodes_capacity;
    int input, output;       /* value indices; -1 until set */
    int logits;              /* what a softmax at the end took; else output */
    struct ses_error *error; /* borrowed while building; see below */
};

/* ---- building ----------------------------------------------------------
 *
 * Building functions return the new value's index, or -1 with the graph's
 * error filled. Given -1 as an input they return -1 and leave the error as it
 * is, so a chain of calls needs one check at its end. Tensors are taken over,
 * also on failure; a NULL weight is a failure, and so are numbers that are not
 * finite and variances below 0 (but for epsilon). Names are copied. */

/* A new graph that reports building errors to err (borrowed until the graph
 * is complete). NULL on failure. Caller frees with ses_graph_free(). */
struct ses_graph *ses_graph_new(struct ses_error *err);
void ses_graph_free(struct ses_graph *graph);

int ses_graph_input(struct ses_graph *graph, const char *name, int channels);

/* Say the input's size before the next layers are built: every value's shape
 * is then known as soon as it is made, and a layer that does not fit fails. */
void ses_graph_size_input(struct ses_graph *graph, int h, int w);

/* One map for every image; value: h x w x c. */
int ses_graph_constant(struct ses_graph *graph, const char *name,
                       struct ses_tensor *value);

/* weight: O x I/groups x kh x kw (rank 2, O x I, is read as 1 x 1); bias: O or
 * NULL. window's kernel is taken from the weight. */
int ses_graph_conv(struct ses_graph *graph, const char *name, int input,
                   struct ses_window window, int groups,
                   struct ses_tensor *weight, struct ses_tensor *bias);

/* scale and shift may be NULL (ones, zeros). */
int ses_graph_batch_norm(struct ses_graph *graph, const char *name, int input,
                         struct ses_tensor *scale, struct ses_tensor *shift,
                         struct ses_tensor *mean, struct ses_tensor *variance,
                         double epsilon);

int ses_graph_activation(struct ses_graph *graph, const char *name, int input,
                         enum ses_activation activation, float alpha,
                         float beta);
int ses_graph_prelu(struct ses_graph *graph, const char *name, int input,
                    struct ses_tensor *slope);

/* op: ADD, SUBTRACT, MULTIPLY, DIVIDE or MAXIMUM. Of height, width and
 * channels, each is equal on both sides or 1 on one (which is repeated). */
int ses_graph_binary(struct ses_graph *graph, const char *name, enum ses_op op,
                     int a, int b);
int ses_graph_add(struct ses_graph *graph, const char *name, int a, int b);
int ses_graph_multiply(struct ses_graph *graph, const char *name, int a,
                       int b);

/* op: MAX_POOL or AVERAGE_POOL. */
int ses_graph_pool(struct ses_graph *graph, const char *name, int input,
                   enum ses_op op, struct ses_window window);

/* op: GLOBAL_MEAN, GLOBAL_MAX (over height and width) or SOFTMAX (over
 * channels). */
int ses_graph_unary(struct ses_graph *graph, const char *name, int input,
                    enum ses_op op);

/* op: AXIS_MEAN or AXIS_MAX, over one axis, which becomes 1. */
int ses_graph_reduce(struct ses_graph *graph, const char *name, int input,
                     enum ses_op op, enum ses_axis axis);

int ses_graph_concat(struct ses_graph *graph, const char *name,
                     const int *inputs, int n_inputs, enum ses_axis axis);
int ses_graph_slice(struct ses_graph *graph, const char *name, int input,
                    enum ses_axis axis, int first, int step, int length);

/* Pixels around the map, by window's pads; value: SES_PAD_CONSTANT's. */
int ses_graph_pad(struct ses_graph *graph, const char *name, int input,
                  struct ses_window window, enum ses_padding padding,
                  float value);
int ses_graph_resize(struct ses_graph *graph, const char *name, int input,
                     const struct ses_resize *resize);
int ses_graph_permute(struct ses_graph *graph, const char *name, int input,
                      const struct ses_permute *permute);

/* Across channels: x / (k + alpha / size * sum of squares)^beta, the sum over
 * size channels around each (Krizhevsky et al. 2012). */
int ses_graph_lrn(struct ses_graph *graph, const char *name, int input,
                  int size, float alpha, float beta, float k);

/* Name the output, check that the graph is whole, and forget the builder's
 * error. */
SES_MUST_CHECK enum ses_status ses_graph_finish(struct ses_graph *graph,
                                                int output,
                                                struct ses_error *err);

/* ---- using ------------------------------------------------------------- */

/* Work out every value's h, w, c for an input of h x w. Errors name the node,
 * and what its inputs were. */
SES_MUST_CHECK enum ses_status ses_graph_infer(struct ses_graph *graph, int h,
                                               int w, struct ses_error *err);

/* The same for one node whose inputs have shapes. */
SES_MUST_CHECK enum ses_status ses_graph_infer_node(struct ses_graph *graph,
                                                    size_t node,
                                                    struct ses_error *err);

/* Leave out the nodes marked in dead[n_nodes] and set producers anew: the
 * tool of passes. Value indices stay. */
void ses_graph_compact(struct ses_graph *graph, const bool *dead);

/* Learnable parameters of all nodes. */
size_t ses_graph_parameters(const struct ses_graph *graph);

/* How many nodes read a value (the graph's output counts as a reader). */
int ses_graph_readers(const struct ses_graph *graph, int value);

#endif
