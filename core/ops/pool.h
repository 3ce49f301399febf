/* What max and average pooling share: all but what is done in a window. */
#ifndef SES_OPS_POOL_H
#define SES_OPS_POOL_H

#include "core/ops/ops.h"
#include "core/ops/window.h"

/* node->window slides over the map; channels stay. */
SES_MUST_CHECK enum ses_status ses_pool_infer(
    const struct ses_node *node, const struct ses_value *const *in,
    struct ses_value *out, struct ses_error *err);

/* Call pool for every window of every image: x is the image, y the pixel to
 * fill. */
void ses_pool_each(const struct ses_run *run,
                   void (*pool)(const struct ses_run *run, const float *x,
                                float *y, struct ses_taps rows,
                                struct ses_taps columns));

#endif
