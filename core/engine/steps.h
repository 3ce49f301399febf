/* What an engine does at each node of a graph.
 *
 * Mostly: run it. But a convolution can do in one pass what follows it - the
 * excitation's product (Hu et al., eq. 4), the residual's sum, the activation
 * - as it writes its output, and the maps in between are never made. For that
 * the gate must be known before the map it multiplies: behind a convolution of
 * 1 x 1 the squeeze (eq. 2) is taken of its input, since the mean of a linear
 * function is the function of the mean. */
#ifndef SES_ENGINE_STEPS_H
#define SES_ENGINE_STEPS_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/graph/graph.h"

enum { SES_STEP_OPERANDS = 3 };

struct ses_step {
    enum {
        SES_STEP_RUN,    /* the node */
        SES_STEP_NOTHING, /* a later step does what the node does */
        SES_STEP_GROUP,  /* head and what follows it, this node being last */
        SES_STEP_SQUEEZE /* a global mean, of head's input */
    } kind;
    size_t head; /* node; of a group a convolution, product or sum */
    int x;       /* values: the map a group begins with ... */
    int gate;    /* ... what its output is multiplied by, or -1 ... */
    int add;     /* ... and what is added, or -1 */
};

/* The steps of all nodes, caller frees with free(). fuse: put nodes together
 * where only values of one pixel, and those in keep[], are looked at from
 * outside. */
SES_MUST_CHECK enum ses_status ses_steps_make(const struct ses_graph *graph,
                                              bool fuse, const int *keep,
                                              size_t n_keep,
                                              struct ses_step **out,
                                              struct ses_error *err);

/* Values the step at a node reads: how many, and which (in[], room for
 * SES_STEP_OPERANDS or, of one that runs, the node's inputs). */
size_t ses_step_count(const struct ses_graph *graph,
                      const struct ses_step *steps, size_t node);
int ses_step_input(const struct ses_graph *graph, const struct ses_step *steps,
                   size_t node, size_t i);

/* Node of each value's last reader (last[] of each value): its producer when
 * there is none, past the last node for what a run returns. */
void ses_steps_last_readers(const struct ses_graph *graph,
                            const struct ses_step *steps, size_t *last);

#endif
