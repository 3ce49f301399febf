/* What families build graphs with: layers made from tensors of a state dict.
 *
 * Layers are named by their path in the file; a path "layer1.0.conv1" has the
 * tensors "layer1.0.conv1.weight" and perhaps "layer1.0.conv1.bias". A tensor
 * that is missing does not stop the building, so that the error can name them
 * all; one of a wrong shape does. Every function gives a flow to go on with,
 * and ses_build_finish() says how it went. */
#ifndef SES_IMPORT_BUILD_H
#define SES_IMPORT_BUILD_H

#include <stdbool.h>

#include "core/base/text.h"
#include "core/graph/graph.h"
#include "core/import/state.h"

struct ses_build {
    struct ses_state *state;
    struct ses_graph *graph;
    struct ses_error *err;
    double epsilon;          /* of batch norms; PyTorch's 1e-5 unless set */
    bool same;               /* convolutions pad as TensorFlow's SAME */
    bool failed;             /* err is filled; nothing more is tried */
    struct ses_text missing; /* names of missing tensors */
    size_t n_missing;
};

/* A value under construction. */
struct ses_flow {
    int value;    /* -1 after something was missing or failed */
    int channels; /* 0 when not known for that reason */
};

struct ses_build ses_build_start(struct ses_state *state,
                                 struct ses_graph *graph,
                                 struct ses_error *err);

/* The graph's output is set, or the error says which tensors are missing (and
 * which are not used) or what was wrong. */
SES_MUST_CHECK enum ses_status ses_build_finish(struct ses_build *build,
                                                struct ses_flow output);

/* Fail with a message; the first one stays. */
void ses_build_fail(struct ses_build *build, enum ses_status status,
                    const char *format, ...) SES_PRINTF(3, 4);

/* Add a sentence to the state's notes. */
void ses_build_note(struct ses_build *build, const char *format, ...)
    SES_PRINTF(2, 3);

/* ---- names -------------------------------------------------------------- */

/* A layer's path; by value, for use in one expression. */
struct ses_path {
    char text[128];
};

struct ses_path ses_path(const char *format, ...) SES_PRINTF(1, 2);

/* Entry "<path>.<tensor>", or NULL. */
struct ses_entry *ses_build_peek(const struct ses_state *state,
                                 const char *path, const char *tensor);

/* The same, counted as missing when there is none. */
struct ses_entry *ses_build_need(struct ses_build *build, const char *path,
                                 const char *tensor);

/* Whether any tensor's name begins with "<path>.". */
bool ses_build_below(const struct ses_state *state, const char *path);

/* How many units "<stage>.0", "<stage>.1", ... there are, up to 1000. */
int ses_build_count(const struct ses_state *state, const char *stage);

/* One of a weight's sizes; 0 when there is no such weight of 4 dimensions, or
 * when it is beyond all reason. */
int ses_build_dimension(const struct ses_state *state, const char *path,
                        int which);

/* ---- layers ------------------------------------------------------------- */

/* A tensor "<path>.<tensor>" of a given shape, where 0 stands for any size;
 * NULL when missing or after a failure. */
struct ses_tensor *ses_build_take(struct ses_build *build, const char *path,
                                  const char *tensor, int rank,
                                  const size_t *shape);

/* The network's input, with as many channels as the first convolution
 * takes. */
struct ses_flow ses_build_input(struct ses_build *build,
                                const char *first_conv);

struct ses_conv {
    int kernel; /* 0: as the weight has it, of odd sides, padded by half */
    int stride, pad;
    int out;      /* channels that must come out; 0: any */
    bool grouped; /* groups = channels / weight.shape[1]; else 1 group */
};

/* A convolution that keeps the size up to its stride. */
struct ses_conv ses_conv_same(int kernel, int stride, int out);

/* A bias is used when the file has one. */
struct ses_flow ses_build_conv(struct ses_build *build, struct ses_flow in,
                               const char *path, struct ses_conv conv);

/* Batch norm of PyTorch, with scale and shift. */
struct ses_flow ses_build_norm(struct ses_build *build, struct ses_flow in,
                               const char *path);

/* An activation named path; PyTorch's parameters where it has some. */
struct ses_flow ses_build_activation(struct ses_build *build,
                                     struct ses_flow in, const char *path,
                                     enum ses_activation activation);
struct ses_flow ses_build_prelu(struct ses_build *build, struct ses_flow in,
                                const char *path);

/* op: MAX_POOL or AVERAGE_POOL. */
struct ses_flow ses_build_pool(struct ses_build *build, struct ses_flow in,
                               const char *path, enum ses_op op,
                               struct ses_window window);
struct ses_flow ses_build_add(struct ses_build *build, struct ses_flow a,
                              struct ses_flow b, const char *path);

struct ses_flow ses_build_concat(struct ses_build *build,
                                 const struct ses_flow *parts, int n,
                                 const char *path);
struct ses_flow ses_build_global_mean(struct ses_build *build,
                                      struct ses_flow in, const char *path);

/* A fully connected layer on a vector: weight O x I, or O x I x 1 x 1. */
struct ses_flow ses_build_dense(struct ses_build *build, struct ses_flow in,
                                const char *path, int out);

/* ---- squeeze and excitation --------------------------------------------- */

/* Where a dialect keeps a gate's layers, below a residual unit, and its
 * non-linearities. */
struct ses_gate_dialect {
    const char *module;            /* "se_module"; "" for the unit itself */
    const char *down, *up;         /* "fc1", "fc2" */
    const char *down_norm, *up_norm; /* batch norms used when there */
    const char *across; /* ECA: instead, a convolution across the channels
                         * (Wang et al., arXiv:1910.03151) */
    enum ses_activation inner, gate;
};

/* Whether the unit has anything of such a gate. */
bool ses_build_has_gate(const struct ses_state *state, const char *unit,
                        const struct ses_gate_dialect *dialect);

/* x * gate(up(inner(down(mean(x))))), with norms after down and up when the
 * file has them; or x * gate(across(mean(x))). */
struct ses_flow ses_build_gate(struct ses_build *build, struct ses_flow in,
                               const char *unit,
                               const struct ses_gate_dialect *dialect);

/* A classifier of a vector, by the first of the names that the file has
 * (saying so unless it is the first). Without any, the vector. */
struct ses_flow ses_build_classifier(struct ses_build *build,
                                     struct ses_flow in,
                                     const char *const *names, size_t n_names,
                                     bool *classifier);

/* Global mean and classifier. */
struct ses_flow ses_build_head(struct ses_build *build, struct ses_flow in,
                               const char *const *names, size_t n_names,
                               bool *classifier);

#endif
