/* Shape rules that several operations share. */
#ifndef SES_OPS_SHAPE_H
#define SES_OPS_SHAPE_H

#include "core/ops/ops.h"

/* The output has the shape of the (first) input. */
SES_MUST_CHECK enum ses_status ses_infer_same(
    const struct ses_node *node, const struct ses_value *const *in,
    struct ses_value *out, struct ses_error *err);

/* A map becomes a vector of its channels. */
SES_MUST_CHECK enum ses_status ses_infer_global(
    const struct ses_node *node, const struct ses_value *const *in,
    struct ses_value *out, struct ses_error *err);

/* h * w, and h * w * c: of one image. Bounded by ses_graph_infer(). */
size_t ses_pixels(const struct ses_value *value);
size_t ses_floats(const struct ses_value *value);

#endif
