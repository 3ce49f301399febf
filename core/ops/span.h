/* A map seen along one of its axes: outer blocks of size steps of inner
 * floats each. What concat, slice and reductions over one axis have in
 * common. */
#ifndef SES_OPS_SPAN_H
#define SES_OPS_SPAN_H

#include <stddef.h>

#include "core/graph/graph.h"

struct ses_span {
    size_t outer, size, inner;
};

/* The axis's size in a value, to read or to set. */
int ses_axis_size(const struct ses_value *value, enum ses_axis axis);
void ses_axis_set(struct ses_value *value, enum ses_axis axis, int size);

/* Of one image. */
struct ses_span ses_span(const struct ses_value *value, enum ses_axis axis);

#endif
