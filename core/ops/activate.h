/* Non-linearities over rows of channels: the activation op, and what other
 * ops do to rows they just made. */
#ifndef SES_OPS_ACTIVATE_H
#define SES_OPS_ACTIVATE_H

#include <stddef.h>

#include "core/graph/graph.h"

/* y = activation(x + bias) of a node (activation, alpha, beta, slope) over
 * rows x channels floats. bias: [channels] or NULL. y may be x. */
void ses_activate(const struct ses_node *node, const float *bias,
                  const float *x, float *y, size_t rows, size_t channels);

/* Whether a node's slope fits its channels; a status for infer functions. */
SES_MUST_CHECK enum ses_status ses_activate_check(const struct ses_node *node,
                                                  int channels,
                                                  struct ses_error *err);

#endif
