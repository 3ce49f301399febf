/* The operators that are known: one line each in operators.c.
 *
 * An operator on constants alone is folded, one with a computed input is
 * built. Adding one: a function for either (or both) in the file of its kind,
 * declared here, a line in the table, a graph in scripts/reference/
 * onnx-graphs.py, and its name in docs/formats.md. */
#ifndef SES_IMPORT_ONNX_OPERATORS_H
#define SES_IMPORT_ONNX_OPERATORS_H

#include "core/import/onnx/net.h"

/* A failed view, or NULL, with the error filled on failure. */
typedef struct ses_view ses_onnx_build(const struct ses_onnx_call *call);
typedef struct ses_onnx_constant *ses_onnx_fold(
    const struct ses_onnx_call *call);

struct ses_onnx_operator {
    const char *name;
    ses_onnx_build *build; /* NULL: of constants only */
    ses_onnx_fold *fold;   /* NULL: of computed values only */
    bool first;            /* folded when the first input is a constant, be
                            * the others what they are */
    bool looks;            /* folded though an input is computed: it asks for
                            * the shape alone */
    bool anywhere;         /* also of other domains than the standard's */
};

/* NULL when it is not known. */
const struct ses_onnx_operator *ses_onnx_operator(
    const struct ses_onnx_node *node);

/* Whether a Dropout drops elements at random; then the error is filled. */
bool ses_onnx_drops(const struct ses_onnx_call *call);

/* build-activation.c */
ses_onnx_build ses_onnx_build_activation, ses_onnx_build_clip,
    ses_onnx_build_prelu, ses_onnx_build_softmax, ses_onnx_build_swish,
    ses_onnx_build_scaled_elu, ses_onnx_build_abs, ses_onnx_build_gelu;
/* build-layer.c */
ses_onnx_build ses_onnx_build_conv, ses_onnx_build_batch_norm,
    ses_onnx_build_gemm, ses_onnx_build_matmul, ses_onnx_build_lrn;
/* build-pool.c */
ses_onnx_build ses_onnx_build_average_pool, ses_onnx_build_max_pool,
    ses_onnx_build_global_pool, ses_onnx_build_reduce;
/* build-math.c */
ses_onnx_build ses_onnx_build_binary, ses_onnx_build_extreme,
    ses_onnx_build_pow, ses_onnx_build_sum;
/* build-shape.c */
ses_onnx_build ses_onnx_build_flatten, ses_onnx_build_reshape,
    ses_onnx_build_squeeze, ses_onnx_build_unsqueeze, ses_onnx_build_transpose,
    ses_onnx_build_same, ses_onnx_build_dropout, ses_onnx_build_expand,
    ses_onnx_build_cast;
/* build-part.c */
ses_onnx_build ses_onnx_build_concat, ses_onnx_build_split,
    ses_onnx_build_slice, ses_onnx_build_gather;
/* build-pad.c, build-resize.c */
ses_onnx_build ses_onnx_build_pad, ses_onnx_build_resize;

/* fold-make.c */
ses_onnx_fold ses_onnx_fold_constant, ses_onnx_fold_shape, ses_onnx_fold_size,
    ses_onnx_fold_fill, ses_onnx_fold_range;
/* fold-shape.c */
ses_onnx_fold ses_onnx_fold_same, ses_onnx_fold_dropout, ses_onnx_fold_cast,
    ses_onnx_fold_reshape, ses_onnx_fold_flatten, ses_onnx_fold_squeeze,
    ses_onnx_fold_unsqueeze, ses_onnx_fold_transpose, ses_onnx_fold_expand,
    ses_onnx_fold_gather, ses_onnx_fold_slice, ses_onnx_fold_concat;
/* fold-math.c */
ses_onnx_fold ses_onnx_fold_unary, ses_onnx_fold_binary, ses_onnx_fold_where,
    ses_onnx_fold_reduce;

#endif
