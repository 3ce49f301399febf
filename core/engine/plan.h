/* Where every value lives in a worker's arena.
 *
 * A value lives from the node that makes it to its last reader. Values whose
 * lives do not meet may share memory; an element-wise node may write over an
 * input that nobody needs any more. */
#ifndef SES_ENGINE_PLAN_H
#define SES_ENGINE_PLAN_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/engine/steps.h"
#include "core/graph/graph.h"

struct ses_plan {
    size_t *offsets; /* of each value, in floats; unused for values that no
                      * node makes */
    size_t *last;    /* of each value: the node that reads it last, its
                      * producer when none does, past the last node for what
                      * stays to the end */
    size_t floats;   /* of the arena */
};

/* Values that no step makes get no place. Values in keep[] live to the end. */
SES_MUST_CHECK enum ses_status ses_plan_make(const struct ses_graph *graph,
                                             const struct ses_step *steps,
                                             const int *keep, size_t n_keep,
                                             int max_batch,
                                             struct ses_plan *out,
                                             struct ses_error *err);
void ses_plan_release(struct ses_plan *plan);

#endif
