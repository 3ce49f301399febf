/* See se-network.h. */
#include "tests/support/se-network.h"

#include <math.h>

#include "core/base/alloc.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"

int random_conv(struct ses_graph *graph, struct ses_random *random, int x,
                int inputs, int outputs, int kernel, int stride, int groups)
{
    struct ses_tensor *weight =
        random_weight(random, outputs, inputs / groups, kernel, kernel);
    float scale = sqrtf(3.0f / (float)(weight->count / (size_t)outputs));
    for (size_t i = 0; i < weight->count; i++)
        weight->data[i] *= scale;
    return ses_graph_conv(graph, "conv", x,
                          ses_window(kernel, stride, kernel / 2), groups,
                          weight, random_vector(random, outputs));
}

static int relu(struct ses_graph *graph, int x)
{
    return ses_graph_activation(graph, "relu", x, SES_ACT_RELU, 0, 0);
}

static int unit(struct se_network *network, struct ses_random *random, int x,
                int inputs, int outputs, int stride, int groups)
{
    struct ses_graph *graph = network->graph;
    int y = random_conv(graph, random, x, inputs, outputs, 1, 1, 1);
    y = random_conv(graph, random, relu(graph, y), outputs, outputs, 3,
                    stride, groups);
    y = relu(graph, y);
    int gate = ses_graph_unary(graph, "squeeze", y, SES_OP_GLOBAL_MEAN);
    gate = relu(graph, random_conv(graph, random, gate, outputs, 4, 1, 1, 1));
    gate = random_conv(graph, random, gate, 4, outputs, 1, 1, 1);
    gate = ses_graph_activation(graph, "gate", gate, SES_ACT_SIGMOID, 0, 0);
    network->gates[network->n_gates] = gate;
    if (!network->without_gates)
        y = ses_graph_multiply(graph, "scale", y, gate);
    network->scaled[network->n_gates++] = y;
    int shortcut = x;
    if (inputs != outputs || stride > 1)
        shortcut = random_conv(graph, random, x, inputs, outputs, 1, stride, 1);
    return relu(graph, ses_graph_add(graph, "add", y, shortcut));
}

struct se_network se_network(bool fuse, bool without_gates)
{
    struct se_network network = { .without_gates = without_gates };
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 1);
    struct ses_graph *graph = network.graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 3);
    x = relu(graph, random_conv(graph, &random, x, 3, 16, 5, 1, 1));
    struct ses_window window = ses_window(3, 2, 0);
    window.ceil_mode = true;
    x = ses_graph_pool(graph, "pool", x, SES_OP_MAX_POOL, window);
    x = unit(&network, &random, x, 16, 24, 1, 1);
    x = unit(&network, &random, x, 24, 24, 1, 4);
    x = unit(&network, &random, x, 24, 32, 2, 32);
    x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    x = random_conv(graph, &random, x, 32, 10, 1, 1, 1);
    x = ses_graph_unary(graph, "softmax", x, SES_OP_SOFTMAX);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    if (fuse)
        assert_int_equal(ses_fuse_activation(graph, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 30, 21, &err), SES_OK);
    return network;
}

float *se_network_images(const struct ses_graph *graph)
{
    struct ses_random random;
    size_t n = BATCH * image_floats(&graph->values[graph->input]);
    float *x = ses_calloc_floats(n);
    ses_random_seed(&random, 2);
    for (size_t i = 0; i < n; i++)
        x[i] = random_float(&random);
    return x;
}
