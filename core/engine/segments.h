/* How many images at a time go through which part of a network.
 *
 * Weights are read once for all images that go together; their maps drive each
 * other out of the caches. So a batch goes through the first layers, with
 * their few weights and large maps, image by image, and through the last ones
 * as a whole. Parts of the network, segments, follow each other, and each has
 * its number of images. What this decides is speed alone: an image's bits do
 * not depend on what it is computed beside. */
#ifndef SES_ENGINE_SEGMENTS_H
#define SES_ENGINE_SEGMENTS_H

#include "core/base/error.h"
#include "core/engine/steps.h"
#include "core/graph/graph.h"

struct ses_segment {
    size_t begin, end; /* nodes */
    int images;        /* at a time */
};

struct ses_segments {
    struct ses_segment *items; /* all nodes, in order */
    size_t count;
};

/* Bytes: the caches of one core, and of what is beyond its part for one core.
 */
struct ses_caches {
    size_t own, shared;
};

/* This machine's. */
struct ses_caches ses_caches_here(void);

/* One segment: all nodes, all images. */
SES_MUST_CHECK enum ses_status ses_segments_whole(
    const struct ses_graph *graph, int max_batch, struct ses_segments *out,
    struct ses_error *err);

/* Segments that let the least memory be read, by a model of the caches. None
 * holds a cut within it: cuts[] are nodes, in any order. */
SES_MUST_CHECK enum ses_status ses_segments_make(
    const struct ses_graph *graph, const struct ses_step *steps,
    const size_t *cuts, size_t n_cuts, int max_batch,
    const struct ses_caches *caches, struct ses_segments *out,
    struct ses_error *err);
void ses_segments_release(struct ses_segments *segments);

#endif
