/* Where every value lives in a worker's arena.
 *
 * A value lives from the node that makes it to its last reader. Values whose
 * lives do not meet may share memory; an element-wise node may write over an
 * input that nobody needs any more.
 *
 * A value that is made and read within one segment (segments.h) has room for
 * the images that go through it together. One that is read later is whole: it
 * has room for the batch, and its memory is its own throughout the segments
 * that make it and read it, which are gone through several times. */
#ifndef SES_ENGINE_PLAN_H
#define SES_ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/engine/segments.h"
#include "core/engine/steps.h"
#include "core/graph/graph.h"

struct ses_plan {
    size_t *offsets; /* of each value, in floats; unused for values that no
                      * node makes */
    size_t *last;    /* of each value: the node that reads it last, its
                      * producer when none does, past the last node for what
                      * stays to the end */
    bool *whole;     /* of each value */
    size_t floats;   /* of the arena */
};

/* Values that no step makes get no place. Values in keep[] live to the end. */
SES_MUST_CHECK enum ses_status ses_plan_make(
    const struct ses_graph *graph, const struct ses_step *steps,
    const struct ses_segments *segments, const int *keep, size_t n_keep,
    int max_batch, struct ses_plan *out, struct ses_error *err);
void ses_plan_release(struct ses_plan *plan);

#endif
