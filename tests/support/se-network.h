/* A small SE network with seeded weights, on a map that is not square: a
 * stem, three units (plain, grouped, depthwise of stride 2), 10 logits and a
 * softmax. */
#ifndef SES_TESTS_SE_NETWORK_H
#define SES_TESTS_SE_NETWORK_H

#include "core/base/random.h"
#include "core/graph/graph.h"

enum { BATCH = 8 };

struct se_network {
    struct ses_graph *graph;
    int gates[3], scaled[3], n_gates;
    bool without_gates; /* build the same without the multiplies */
};

/* fuse: with activations in their convolutions. Caller frees the graph. */
struct se_network se_network(bool fuse, bool without_gates);

/* BATCH inputs for a graph; caller frees with free(). */
float *se_network_images(const struct ses_graph *graph);

/* A convolution with seeded weights, small enough that no gate is all the way
 * open or shut. */
int random_conv(struct ses_graph *graph, struct ses_random *random, int x,
                int inputs, int outputs, int kernel, int stride, int groups);

#endif
