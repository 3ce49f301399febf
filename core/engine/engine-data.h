/* Inside an engine: what engine.c, which makes it, and worker.c share. */
#ifndef SES_ENGINE_ENGINE_DATA_H
#define SES_ENGINE_ENGINE_DATA_H

#include "core/engine/engine.h"
#include "core/engine/plan.h"
#include "core/engine/segments.h"
#include "core/engine/steps.h"

struct ses_engine {
    const struct ses_graph *graph;
    int max_batch;
    struct ses_step *steps; /* of each node */
    struct ses_segments segments;
    struct ses_plan plan;
    float *weights;  /* packed ... */
    size_t *packed;  /* ... from here on, of each node */
    size_t scratch; /* floats */
    size_t thirstiest; /* node whose scratch that is */
    size_t most_inputs; /* of any node */
};

/* The values a node reads, into in[]. */
static inline void ses_node_inputs(const struct ses_graph *graph,
                                   const struct ses_node *node,
                                   const struct ses_value **in)
{
    for (int j = 0; j < node->n_inputs; j++)
        in[j] = &graph->values[node->inputs[j]];
}

#endif
